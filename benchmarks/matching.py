"""Matching on a made-up register: search and build times beside their limits, and beside one dense pass of NumPy.

Times are of the processor, in one thread, so that a busy machine does not count.

python benchmarks/matching.py [organizations ...]
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from concorda.analysis.matching import Index, Organization

LIMITS = {100_000: 8.0, 1_000_000: 15.0}
CONCEPTS = [f"concept{number}" for number in range(400)]
PLACES = [
    f"ca/p{province}/d{district}/t{town}" for province in range(13) for district in range(20) for town in range(20)
]
POPULATIONS = [f"population{number}" for number in range(30)]
LANGUAGES = [f"language{number}" for number in range(60)]
WORDS = 30_000


def word(number: int) -> str:
    """A pronounceable word of its own for each number."""
    letters = ""
    while True:
        letters += "bcdfglmnprstvz"[number % 14] + "aeiou"[number // 14 % 5]
        number //= 70
        if not number:
            return letters + "x"


def organizations(count: int, seed: int):
    """Needs and capacities by popularity, texts of 25 words by Zipf's law, towns, populations, languages."""
    rng = random.Random(seed)
    draws = np.random.default_rng(seed)
    vocabulary = np.array([word(number) for number in range(WORDS)])
    zipf = 1 / np.arange(1, WORDS + 1) ** 0.9
    zipf /= zipf.sum()
    popularity = [1 / (10 + rank) for rank in range(len(CONCEPTS))]
    common = [1 / (1 + rank) for rank in range(len(LANGUAGES))]
    for first in range(0, count, 10_000):
        texts = vocabulary[draws.choice(WORDS, size=(10_000, 25), p=zipf)]
        for number in range(first, min(first + 10_000, count)):
            yield Organization(
                id=f"o{number}",
                name=f"Organization {number}",
                needs=dict.fromkeys(rng.choices(CONCEPTS, popularity, k=5), float(rng.randint(1, 5))),
                capacities=dict.fromkeys(rng.choices(CONCEPTS, popularity, k=6), rng.choice([0.5, 1.0])),
                text=" ".join(texts[number - first]) if rng.random() < 0.8 else "",
                areas=rng.sample(PLACES, 2) if rng.random() < 0.9 else [],
                populations=rng.sample(POPULATIONS, 3) if rng.random() < 0.7 else [],
                languages=list(dict.fromkeys(rng.choices(LANGUAGES, common, k=2))),
                ties=[f"o{rng.randrange(count)}" for _ in range(3)] if rng.random() < 0.1 else [],
                invitations=20 if rng.random() < 0.01 else 0,
            )


def search(folder: str, count: int) -> None:
    """In a process of its own: times of 200 searches and the memory they add."""
    before = private_memory()
    index = Index.open(folder)
    seekers = list(organizations(220, seed=99))
    for seeker in seekers[:20]:
        index.search(seeker)
    times = []
    for seeker in seekers[20:]:
        start = time.process_time()
        index.search(seeker)
        times.append(time.process_time() - start)
    after = private_memory()
    p50, p95 = np.percentile(times, [50, 95]) * 1000
    dense = dense_pass(count)
    limit = LIMITS.get(count)
    print(f"{count:>9,} search p50 {p50:.1f} ms, p95 {p95:.1f} ms = {p95 / dense:.1f} × a dense pass ({dense:.2f} ms)")
    if limit:
        print(f"          limit {limit} ms: ratio {p95 / limit:.2f}")
    print(f"          memory added per process {after - before:.0f} MB (limit 50)")


def dense_pass(count: int) -> float:
    """Milliseconds of one multiply and add over a number per organization."""
    numbers = np.random.default_rng(0).random(count, dtype=np.float32)
    start = time.process_time()
    for _ in range(10):
        numbers * np.float32(0.5) + np.float32(1)
    return (time.process_time() - start) * 100


def private_memory() -> float:
    """Megabytes of this process alone: without mapped files, whose freshly written pages would count as dirty."""
    with Path("/proc/self/smaps_rollup").open() as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


def main() -> None:
    if sys.argv[1:2] == ["--search"]:
        search(sys.argv[2], int(sys.argv[3]))
        return
    for count in [int(word) for word in sys.argv[1:]] or [100_000]:
        with tempfile.TemporaryDirectory() as folder:
            made = sum(time_of_making(count))
            start = time.process_time()
            index = Index.build(organizations(count, seed=1))
            index.write(folder)
            build = time.process_time() - start - made
            size = sum(file.stat().st_size for file in Path(folder).rglob("*.npy"))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{count:>9,} build {build:.0f} s (limit 120 at 1 M), files {size / 1e6:.0f} MB, peak {peak:.0f} MB")
            del index
            subprocess.run([sys.executable, __file__, "--search", folder, str(count)], check=True)


def time_of_making(count: int):
    """Seconds that making the organizations takes, measured on a part of them."""
    part = min(count, 20_000)
    start = time.process_time()
    for _ in organizations(part, seed=1):
        pass
    yield (time.process_time() - start) * count / part


if __name__ == "__main__":
    main()
