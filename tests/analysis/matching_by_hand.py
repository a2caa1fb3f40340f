"""The same matching, one organization at a time in plain Python: slow, short, and the judge of the fast one."""

import math
from collections import Counter

from concorda.analysis.matching import PARTS, Organization, Weights
from concorda.analysis.matching.words import LANGUAGES, stem, words


def stems(text, language):
    return Counter(root for root in (stem(word, language) for word in words(text)) if root is not None)


def judged_texts(organization):
    found = {
        language: stems(text, language) for language, text in organization.texts().items() if language in LANGUAGES
    }
    return {language: counts for language, counts in found.items() if counts}


def vision(seeker, other, everyone):
    mine, theirs = judged_texts(seeker), judged_texts(other)
    common = [language for language in mine if language in theirs]
    if not common:
        return None
    total = 0.0
    for language in common:
        texts = [judged_texts(each)[language] for each in everyone if language in judged_texts(each)]

        def weigh(counts, texts=texts):
            return {
                word: (1 + math.log(count)) * math.log((len(texts) + 1) / (sum(word in text for text in texts) + 0.5))
                for word, count in counts.items()
            }

        a, b = weigh(mine[language]), weigh(theirs[language])
        a = dict(sorted(a.items(), key=lambda term: (-term[1], term[0]))[:32])
        lengths = math.sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
        total += sum(a[word] * b[word] for word in a if word in b) / lengths
    return math.sqrt(total / len(common))


def inside(area, other):
    return area == other or area.startswith(other + "/")


def place(seeker, other):
    shares = []
    if seeker.areas and other.areas:
        mine = {a for a in seeker.areas if not any(a != b and inside(a, b) for b in seeker.areas)}
        met = [a for a in mine if any(inside(a, b) or inside(b, a) for b in other.areas)]
        shares.append(len(met) / len(mine))
    for mine, theirs in ((seeker.populations, other.populations), (seeker.languages, other.languages)):
        if mine and theirs:
            shares.append(len(set(mine) & set(theirs)) / len(set(mine)))
    return sum(shares) / len(shares) if shares else None


def ties(seeker, other):
    if other.id in seeker.ties or seeker.id in other.ties:
        return 1.0
    if not seeker.ties or not other.ties:
        return None
    shared = len(set(seeker.ties) & set(other.ties))
    return shared / (shared + 1)


def share(needs, capacities):
    if not needs or not capacities:
        return None
    return sum(weight * capacities.get(concept, 0) for concept, weight in needs.items()) / sum(needs.values())


def parts(seeker, other, everyone):
    return {
        "need": share(seeker.needs, other.capacities),
        "reciprocity": share(other.needs, seeker.capacities),
        "vision": vision(seeker, other, everyone),
        "place": place(seeker, other),
        "ties": ties(seeker, other),
    }


def search(seeker, everyone, weights=None):
    """Every candidate as (score, id, parts), best first."""
    weights = weights or Weights()
    found = []
    for other in everyone:
        if other.id == seeker.id:
            continue
        values = parts(seeker, other, everyone)
        known = [part for part in PARTS if values[part] is not None]
        if not any(values[part] and getattr(weights, part) for part in known if part != "place"):
            continue
        possible = {
            "need": seeker.needs,
            "reciprocity": seeker.capacities,
            "vision": judged_texts(seeker),
            "place": seeker.areas or seeker.populations or seeker.languages,
            "ties": seeker.ties or values["ties"] is not None,
        }
        judged = sum(getattr(weights, part) for part in known)
        divisor = max(judged, weights.least_evidence * sum(getattr(weights, part) for part in PARTS if possible[part]))
        score = sum(getattr(weights, part) * values[part] for part in known) / divisor
        if weights.most_invitations and other.invitations > weights.most_invitations:
            score *= weights.most_invitations / other.invitations
        found.append((score, other.id, values))
    return sorted(found, key=lambda each: (-each[0], each[1]))


def organization(**known):
    return Organization(**{"id": "seeker", **known})
