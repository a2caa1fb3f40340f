from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from concorda.begin.agreements import consent, library, printing, queries, sealing, services, writing
from concorda.begin.agreements import ledger as ledgers
from concorda.begin.agreements.forms import (
    AgreementForm,
    ClauseForm,
    CommentForm,
    ConfirmForm,
    ConsentForm,
    ContributionForm,
    DeliveryForm,
    EndForm,
    FactsForm,
    GainForm,
    Knowing,
    ObligationForm,
    PaperForm,
    RenewForm,
    ReplyForm,
    SendForm,
    SettleForm,
    SignForm,
    WithdrawForm,
)
from concorda.begin.agreements.identity import identify
from concorda.begin.agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseComment,
    Contribution,
    Delivery,
    Gain,
    Obligation,
    PaperCopy,
    Reply,
    Round,
    SealedCopy,
)
from concorda.begin.agreements.wording import standing_of
from concorda.foundation.core import clock
from concorda.foundation.core.moments import say_day
from concorda.foundation.partnerships.access import Ability, Role
from concorda.foundation.partnerships.door import Visit
from concorda.foundation.partnerships.queries import committed, with_role
from concorda.foundation.process.pages import READ, Register, page

FILE_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
HERE = {"stage": "begin", "tool": "agreements"}


def rights(request: Visit) -> dict[str, bool]:
    """What this person may do here; buttons are shown by it."""
    access = request.access
    return {
        "sees": bool(access.can(Ability.SEE)),
        "may_write": bool(access.can(Ability.CONTRIBUTE, **HERE)),
        "may_steer": bool(access.can(Ability.STEER, **HERE)),
        "may_sign": access.has_role(Role.SIGNATORY) and access.organization is not None,
        "may_answer": any(access.has_role(role) for role in consent.SPEAK) and access.organization is not None,
    }


@page(Ability.OBSERVE, methods=READ)
def home(request: Visit) -> HttpResponse:
    may = rights(request)
    agreements = list(Agreement.objects.all())
    if not may["sees"]:
        agreements = [one for one in agreements if one.holds]
    obligations = (
        Obligation.objects.select_related("partner__organization", "agreement", "owner__person", "clause")
        if may["sees"]
        else []
    )
    progress = standing_of(request.partnership) if may["sees"] else ""
    context = {
        "lines": queries.summary(agreements),
        "obligations": obligations,
        "expiring": queries.expiring(request.partnership) if may["sees"] else [],
        "standing": progress,
        "certificate": seal_in_need() if may["may_steer"] else "",
        **may,
    }
    return render(request, "agreements/home.html", context)


def seal_in_need() -> str:
    """What whoever runs the installation should be told about its certificate; empty while it is good for long."""
    try:
        sealer = sealing.current()
    except sealing.CannotSeal as problem:
        return str(problem)
    if not sealer.ends_soon:
        return ""
    day = {"day": say_day(sealer.until.date())}
    if sealer.expired:
        return _("The certificate that seals agreements expired on %(day)s: nothing new can be sealed.") % day
    return _("The certificate that seals agreements is good until %(day)s only.") % day


@page(Ability.STEER)
def new(request: Visit) -> HttpResponse:
    form = AgreementForm(request.POST or None, access=request.access, instance=Agreement(), losing="")
    if request.method == "POST" and form.is_valid():
        made = services.draft(request.partnership, by=request.user, **form.cleaned_data)
        messages.success(request, _("Drafted from the clause library. Read each clause, and change what is not yours."))
        return redirect(made)
    return form_page(
        request,
        form,
        title=_("Draft an agreement"),
        standing=_("We put together the clauses this kind of agreement needs, filled with what you have recorded."),
        save_label=_("Draft it"),
    )


def form_page(
    request: Visit, form: Any, *, cancel: str = "", template: str = "form.html", **facts: Any
) -> HttpResponse:
    cancel = cancel or reverse("agreements:home", args=[request.partnership.slug])
    return render(request, template, {"frame": "tool.html", "form": form, "cancel_url": cancel, **facts})


@page(Ability.STEER)
def record_paper(request: Visit) -> HttpResponse:
    posted = request.method == "POST"
    form = PaperForm(
        request.POST if posted else None, request.FILES if posted else None, access=request.access, instance=Agreement()
    )
    if posted and form.is_valid():
        facts = dict(form.cleaned_data)
        made = services.record_paper(request.partnership, by=request.user, file=facts.pop("file").read(), **facts)
        messages.success(request, _("Recorded: %(what)s") % {"what": made})
        return redirect(made)
    return form_page(
        request,
        form,
        title=_("Record an agreement signed on paper"),
        standing=_("What was signed elsewhere counts here too, with its date, its parties and a copy."),
        save_label=_("Record it"),
    )


@page(Ability.SEE, Agreement, methods=READ)
def agreement(request: Visit, agreement: Agreement) -> HttpResponse:
    """The text with what is said about it, who has signed, and the fingerprint."""
    may = rights(request)
    versions = list(agreement.versions.select_related("author"))
    alive = [one for one in versions if one.voided_at is None]
    current = alive[0] if alive else None
    parties = queries.with_signatories(queries.parties_of(current), request.partnership) if current else []
    pending = current if current and current.pk != agreement.in_force_version_id else None
    base = queries.compared_with(agreement, versions)
    lines = queries.lines_of(agreement, base)
    checks = library.completeness(agreement.instrument, [one.clause for one in lines])
    mine = [one for one in parties if one.organization and one.organization == request.access.organization]
    context = {
        "agreement": agreement,
        "title": agreement.title,
        "voice": True,
        **agreement_standing(agreement, current, parties, lines),
        "current": current,
        "pending": pending,
        "versions": versions,
        "base": base,
        "lines": lines,
        "counts": {state: sum(one.state == state for one in lines) for state in ("agreed", "changed", "open", "draft")},
        "parties": parties,
        "signed": queries.count_signed(parties),
        "waiting_count": sum(one.state == "waiting" for one in parties),
        "mine": mine[0] if mine else None,
        "checks": checks,
        "open_points": checks.open_labels(agreement.language),
        "unchanged": services.in_force_as_it_stands(agreement),
        "amending": bool(
            agreement.in_force_version_id and pending is None and base and base.pk == agreement.in_force_version_id
        ),
        "obligations": agreement.obligations.select_related("partner__organization", "owner__person", "clause"),
        "round": (asked := queries.asked_of(agreement)),
        "answers_here": may["may_answer"] and asked is not None and asked.answer_of(request.access.organization),
        "next_round": consent.due_again(agreement) if agreement.holds else None,
        "open_requests": sum(one.outcome == ClauseComment.Outcome.OPEN for line in lines for one in line.comments),
        "paper": PaperCopy.objects.filter(agreement=agreement).first() if agreement.on_paper else None,
        "comment_form": CommentForm(access=request.access, instance=ClauseComment(), auto_id=False),
        "open_to_change": not agreement.on_paper and agreement.status not in ("ended", "lapsed"),
        **may,
    }
    return render(request, "agreements/agreement.html", context)


def agreement_standing(
    agreement: Agreement, current: AgreementVersion | None, parties: list[queries.Party], lines: list[Any]
) -> dict[str, str]:
    """The bold sentence and the rest, as on the top of the page."""
    if agreement.on_paper:
        return {
            "standing": _("Signed on paper by %(count)s organizations.") % {"count": len(parties)},
            "standing_more": force_words(agreement),
        }
    if current is None:
        agreed = sum(one.clause.status == Clause.Status.AGREED for one in lines)
        return {
            "standing": ngettext(
                "%(agreed)s of %(count)s clause is agreed.", "%(agreed)s of %(count)s clauses are agreed.", len(lines)
            )
            % {"agreed": agreed, "count": len(lines)},
            "standing_more": _("Nothing has been sent for signature."),
        }
    signed, total = queries.count_signed(parties)
    bold = ngettext(
        "%(signed)s of %(count)s organization has signed.", "%(signed)s of %(count)s organizations have signed.", total
    ) % {"signed": signed, "count": total}
    if current.pk == agreement.in_force_version_id:
        return {"standing": bold, "standing_more": force_words(agreement)}
    waiting = sum(one.state == "waiting" for one in parties)
    parts = []
    if waiting:
        parts.append(ngettext("One is waiting.", "%(count)s are waiting.", waiting) % {"count": waiting})
    for one in parties:
        if one.state == "declined" and one.reply:
            who = one.organization.short if one.organization else one.name
            if one.reply.clause:
                parts.append(
                    _("%(who)s declined until clause %(number)s is settled.")
                    % {"who": who, "number": one.reply.clause.position}
                )
            else:
                parts.append(_("%(who)s declined for now.") % {"who": who})
    return {"standing": bold, "standing_more": " ".join(parts)}


def force_words(agreement: Agreement) -> str:
    day = {
        "day": say_day(agreement.in_force_since) if agreement.in_force_since else "",
        "end": say_day(agreement.expires_on) if agreement.expires_on else "",
    }
    if agreement.lapsed:
        return _("It lapsed on %(end)s.") % day
    if not agreement.holds:
        return _("It takes effect on %(day)s.") % day
    return (_("In force since %(day)s, until %(end)s.") if agreement.expires_on else _("In force since %(day)s.")) % day


# What a change would cost


def losing(agreement: Agreement) -> str:
    """The words somebody has to confirm before a change, when signatures or a text in force are at stake."""
    pending = services.pending_version(agreement)
    if pending:
        return ngettext(
            "I know that version %(number)s is withdrawn, that its %(count)s signature "
            "no longer counts, and that everyone is asked again.",
            "I know that version %(number)s is withdrawn, that its %(count)s signatures "
            "no longer count, and that everyone is asked again.",
            pending.signatures.count(),
        ) % {"number": pending.number, "count": pending.signatures.count()}
    if agreement.in_force_version_id:
        return _(
            "I know that this begins an amendment: the version in force holds until everyone has signed the new one."
        )
    return ""


def refuse(request: Visit, form: Any, problem: Exception) -> None:
    form.add_error(None, str(problem))


@page(Ability.CONTRIBUTE, Agreement)
def facts(request: Visit, agreement: Agreement) -> HttpResponse:
    form = FactsForm(
        request.POST or None,
        access=request.access,
        instance=Agreement.objects.get(pk=agreement.pk),
        losing=losing(agreement),
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FactsForm.Meta.fields}
        try:
            services.change_facts(agreement, by=request.user, knowing=form.is_knowing, **values)
            return redirect(agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Title and dates"),
        standing=str(agreement),
        save_label=_("Save the dates"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.CONTRIBUTE, Agreement)
def add_clause(request: Visit, agreement: Agreement) -> HttpResponse:
    """Choose a clause of the library, or write one."""
    cost = losing(agreement)
    form = ClauseForm(None, access=request.access, instance=Clause(), losing=cost)
    if request.method == "POST":
        try:
            if "key" in request.POST:
                gate = Knowing(request.POST, losing=cost)
                if request.POST["key"] not in library.entries():
                    raise services.NotPossible(_("There is no such clause in the library."))
                if not gate.is_valid():
                    raise services.NotPossible(_("Tick the box first: %(what)s") % {"what": cost})
                made = services.add_from_library(agreement, request.POST["key"], by=request.user, knowing=True)
                return redirect(f"{agreement.get_absolute_url()}#clause-{made.position}")
            form = ClauseForm(request.POST, access=request.access, instance=Clause(), losing=cost)
            if form.is_valid():
                words = {name: form.cleaned_data[name] for name in ("heading", "text")}
                made = services.add_own(agreement, by=request.user, knowing=form.is_knowing, **words)
                return redirect(f"{agreement.get_absolute_url()}#clause-{made.position}")
        except services.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect(request.path)
    taken = set(agreement.clauses.values_list("key", flat=True))
    open_keys = {topic.key for topic in library.completeness(agreement.instrument, agreement.clauses.all()).open}
    words = library.facts_of(agreement)
    with library.in_language(agreement.language):
        offered = [
            {
                "key": one.key,
                "heading": one.heading[agreement.language],
                "text": library.fill(one.text[agreement.language], words),
                "why": one.why[agreement.language],
                "settles": [
                    topic.label[agreement.language]
                    for topic in library.topics()
                    if topic.key in open_keys & set(one.covers)
                ],
            }
            for one in library.entries().values()
            if one.key not in taken
        ]
    offered.sort(key=lambda one: -len(one["settles"]))
    return form_page(
        request,
        form,
        template="agreements/library.html",
        agreement=agreement,
        offered=offered,
        losing=cost,
        title=_("Add a clause"),
        standing=_("From the library, or in your own words."),
        save_label=_("Add our clause"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.CONTRIBUTE, Clause, related=("agreement",))
def edit_clause(request: Visit, clause: Clause) -> HttpResponse:
    """Change the words; a suggestion of a comment can be taken over (`?suggestion=7`)."""
    initial = {}
    asked = request.GET.get("suggestion", "")
    if asked.isdecimal():
        initial = {"text": get_object_or_404(ClauseComment.objects.filter(clause=clause), pk=asked).suggestion}
    form = ClauseForm(
        request.POST or None,
        access=request.access,
        instance=Clause.objects.get(pk=clause.pk),
        initial=initial,
        losing=losing(clause.agreement),
    )
    back = f"{clause.agreement.get_absolute_url()}#clause-{clause.position}"
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("heading", "text")}
        try:
            services.reword(clause, by=request.user, knowing=form.is_knowing, **words)
            return redirect(back)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Clause %(number)s: %(heading)s") % {"number": clause.position, "heading": clause.heading},
        standing=str(clause.agreement),
        standing_more=_("A clause that was agreed is under discussion again after a change."),
        save_label=_("Save the wording"),
        cancel=back,
    )


@page(Ability.STEER, Clause, related=("agreement",))
def remove_clause(request: Visit, clause: Clause) -> HttpResponse:
    back = f"{clause.agreement.get_absolute_url()}#clause-{clause.position}"
    form = Knowing(request.POST if request.method == "POST" else None, losing=losing(clause.agreement))
    if request.method == "POST" and form.is_valid():
        try:
            services.remove(clause, by=request.user, knowing=bool(form.cleaned_data.get("knowing")))
            return redirect(clause.agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    context = {
        "frame": "tool.html",
        "form": form,
        "object": clause,
        "keep_url": back,
        "confirm_label": _("Take it out"),
        "title": _("Take out “%(heading)s”?") % {"heading": clause.heading},
        "standing": str(clause.agreement),
        "consequence": _("The clause and what was said about it are removed. Versions sent before keep it."),
    }
    return render(request, "confirm_delete.html", context)


@page(Ability.STEER, Clause, methods=("POST",), related=("agreement",))
def move_clause(request: Visit, clause: Clause) -> HttpResponse:
    try:
        services.move(clause, up=request.POST.get("to") == "up", by=request.user)
    except services.NotPossible as problem:
        messages.error(request, str(problem))
    return redirect(clause.agreement)


@page(Ability.STEER, Clause, methods=("POST",), related=("agreement",))
def mark_clause(request: Visit, clause: Clause) -> HttpResponse:
    status = request.POST.get("status", "")
    if status in Clause.Status.values:
        services.mark(clause, status, by=request.user)
    return redirect(f"{clause.agreement.get_absolute_url()}#clause-{clause.position}")


@page(Ability.CONTRIBUTE, Clause, related=("agreement",))
def comment(request: Visit, clause: Clause) -> HttpResponse:
    form = CommentForm(request.POST or None, access=request.access, instance=ClauseComment())
    back = f"{clause.agreement.get_absolute_url()}#clause-{clause.position}"
    if request.method == "POST" and form.is_valid():
        services.comment(
            clause,
            text=form.cleaned_data["text"],
            suggestion=form.cleaned_data["suggestion"],
            by=request.access.participant,
        )
        return redirect(back)
    return form_page(
        request,
        form,
        title=_("Clause %(number)s: %(heading)s") % {"number": clause.position, "heading": clause.heading},
        standing=_("What does your organization ask for?"),
        save_label=_("Say it to the partners"),
        cancel=back,
    )


@page(Ability.SEE, Agreement, methods=READ)
def requests(request: Visit, agreement: Agreement) -> HttpResponse:
    """Who asked for what, clause by clause, and what became of it."""
    asked = queries.asked_for(agreement)
    still = sum(one.outcome == ClauseComment.Outcome.OPEN for one in asked)
    context = {
        "agreement": agreement,
        "asked": asked,
        "title": _("Who asked for what"),
        "standing": ngettext("%(count)s thing was asked for.", "%(count)s things were asked for.", len(asked))
        % {"count": len(asked)},
        "standing_more": ngettext("%(count)s is open.", "%(count)s are open.", still) % {"count": still},
        **rights(request),
    }
    return render(request, "agreements/requests.html", context)


@page(Ability.CONTRIBUTE, ClauseComment, related=("clause__agreement", "author__person"))
def settle(request: Visit, asked: ClauseComment) -> HttpResponse:
    """What became of what somebody asked for."""
    may_settle = request.access.can(Ability.STEER, **HERE) or asked.author_id == request.access.participant.pk
    if not may_settle:
        raise PermissionDenied(_("Who asked for it, or a coordinator, says what became of it."))
    form = SettleForm(
        request.POST if request.method == "POST" else None,
        initial={"outcome": asked.outcome, "answer": asked.answer},
    )
    back = f"{asked.clause.agreement.get_absolute_url()}#clause-{asked.clause.position}"
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        services.settle(asked, said["outcome"], answer=said["answer"], by=request.access.participant)
        return redirect(back)
    return form_page(
        request,
        form,
        title=_("What became of it?"),
        standing=_("%(who)s asked:") % {"who": asked.author.person.name},
        standing_more=asked.text,
        save_label=_("Save the answer"),
        cancel=back,
    )


# Sending and signing


@page(Ability.STEER, Agreement)
def send(request: Visit, agreement: Agreement) -> HttpResponse:
    cost = losing(agreement) if services.pending_version(agreement) else ""
    partners = list(committed(request.partnership))
    form = SendForm(request.POST if request.method == "POST" else None, losing=cost, partners=partners)
    if request.method == "POST" and form.is_valid():
        try:
            version = services.send(
                agreement,
                by=request.user,
                note=form.cleaned_data["note"],
                knowing=bool(form.cleaned_data.get("knowing")),
                steps=form.steps,
            )
            messages.success(request, _("Version %(number)s is out for signature.") % {"number": version.number})
            return redirect(agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    signatories: dict[int | None, list[str]] = {}
    for one in with_role(request.partnership, Role.SIGNATORY):
        signatories.setdefault(one.organization_id, []).append(one.person.name)
    checks = library.completeness(agreement.instrument, agreement.clauses.all())
    return form_page(
        request,
        form,
        template="agreements/send.html",
        agreement=agreement,
        obstacles=services.obstacles(agreement),
        open_points=checks.open_labels(agreement.language),
        undecided=agreement.clauses.exclude(status=Clause.Status.AGREED),
        signers=[(one.organization, signatories.get(one.organization_id, [])) for one in partners],
        title=_("Send it for signature?"),
        standing=str(agreement),
        standing_more=_("The text is frozen as a version under one fingerprint; every partner signs that version."),
        save_label=_("Freeze it and ask for signatures"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.SEE, AgreementVersion, methods=READ, related=("agreement", "author"))
def version(request: Visit, version: AgreementVersion) -> HttpResponse:
    """One frozen version as it stands in the record, and what it changed."""
    others = list(version.agreement.versions.filter(number__lt=version.number))
    earlier = earlier_of(request, version)
    context = {
        "version": version,
        "agreement": version.agreement,
        "parties": queries.parties_of(version),
        "state": queries.version_state(version),
        "earlier": earlier,
        "others": others,
        "redline": queries.redline(earlier, version) if earlier else [],
        "title": version.contents.get("title", ""),
        "voice": True,
        "standing": str(version),
    }
    return render(request, "agreements/version.html", context)


def earlier_of(request: Visit, version: AgreementVersion) -> AgreementVersion | None:
    """The version to compare with: the one asked for (`?since=1`), else the one before."""
    found = version.agreement.versions.filter(number__lt=version.number)
    asked = request.GET.get("since", "")
    return found.filter(number=asked).first() if asked.isdecimal() and len(asked) < 6 else found.first()


@page(Ability.SEE, AgreementVersion, methods=READ, related=("agreement__partnership",))
def changes(request: Visit, version: AgreementVersion) -> HttpResponse:
    """What changed since an earlier version, as PDF, or as Word file with tracked changes (`?format=docx`)."""
    earlier = earlier_of(request, version)
    if earlier is None:
        raise Http404
    mark = f"-since-v{earlier.number}"
    if request.GET.get("format") != "docx":
        return attachment(version, printing.redline(version, earlier), "pdf", mark)
    return attachment(version, word_of(version, earlier), "docx", mark)


@page(Ability.SEE, AgreementVersion, methods=READ, related=("agreement",))
def word(request: Visit, version: AgreementVersion) -> HttpResponse:
    """The text of a version as a Word file."""
    return attachment(version, word_of(version), "docx")


def word_of(version: AgreementVersion, earlier: AgreementVersion | None = None) -> bytes:
    with library.in_language(version.contents["language"]):
        label = _("Version %(number)s") % {"number": version.number}
    return writing.docx(version.as_here, before=earlier and earlier.as_here, label=label, at=version.at)


@page(Ability.SEE, Agreement, methods=READ)
def draft_word(request: Visit, agreement: Agreement) -> HttpResponse:
    """The present text as a Word file, with what changed since the version before as tracked changes."""
    versions = list(agreement.versions.all())
    base = queries.compared_with(agreement, versions)
    with library.in_language(agreement.language):
        label = _("Draft of %(day)s") % {"day": say_day(clock.today())}
    made = writing.docx(services.frozen(agreement), before=base and base.as_here, label=label, at=clock.now())
    return named_file(agreement.title, made, "docx", "-draft")


@page(Ability.SEE, AgreementVersion, methods=READ, related=("agreement",))
def download(request: Visit, version: AgreementVersion) -> HttpResponse:
    """The PDF under the seal: the one kept when everyone had signed, else one of the present state."""
    if "paper" in version.contents:
        raise Http404
    kept = SealedCopy.objects.filter(version=version).first()
    try:
        content = kept.file.read() if kept else printing.sealed(version)
    except sealing.CannotSeal as problem:
        messages.error(request, str(problem))
        return redirect(version.agreement)
    return attachment(version, content, "pdf")


@page(Ability.SEE, SealedCopy, methods=READ, related=("version",))
def sealed_file(request: Visit, copy: SealedCopy) -> HttpResponse:
    """The file that was sealed when everyone had signed, byte for byte."""
    return attachment(copy.version, copy.file.read(), "pdf")


def attachment(version: AgreementVersion, content: bytes, ending: str, mark: str = "") -> HttpResponse:
    return named_file(version.contents.get("title", ""), content, ending, f"-v{version.number}{mark}")


def named_file(title: str, content: bytes, ending: str, mark: str) -> HttpResponse:
    name = f"{slugify(title)[:60] or 'agreement'}{mark}.{ending}"
    return HttpResponse(
        content,
        content_type=FILE_TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@page(Ability.SEE, PaperCopy, methods=READ)
def paper_file(request: Visit, copy: PaperCopy) -> Any:
    """The copy as a download and nothing else: no browser shows or runs what somebody uploaded."""
    answer = FileResponse(
        copy.file.open("rb"),
        as_attachment=True,
        filename=f"agreement-{copy.agreement_id}.pdf",
        content_type="application/pdf",
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


def demand_signatory(request: Visit) -> None:
    if not rights(request)["may_sign"]:
        raise PermissionDenied(_("Only a person named as signatory can sign for an organization."))


@page(Ability.AGREE, AgreementVersion, related=("agreement",))
def sign(request: Visit, version: AgreementVersion) -> HttpResponse:
    """Exactly what is signed, its fingerprint, and the place for name and password."""
    demand_signatory(request)
    form = SignForm(
        request.POST if request.method == "POST" else None, person=request.user, initial={"digest": version.digest}
    )
    if request.method == "POST":
        identity = identify(request, form)
        if identity.means:
            try:
                services.sign(
                    version,
                    by=request.access.participant,
                    typed_name=form.cleaned_data["typed_name"],
                    digest=form.cleaned_data["digest"],
                    means=identity.means,
                )
                messages.success(request, _("Signed. Thank you."))
                return redirect(version.agreement)
            except services.NotPossible as problem:
                refuse(request, form, problem)
    parties = queries.parties_of(version)
    own = next((one for one in parties if one.organization == request.access.organization), None)
    if own is None:
        raise PermissionDenied(_("Your organization is not a party to this version."))
    context = {
        "version": version,
        "agreement": version.agreement,
        "parties": parties,
        "own": own,
        "form": form,
        "open": queries.version_state(version) == "signing" and own.signature is None and own.turn,
        "state": queries.version_state(version),
        "title": version.contents["title"],
        "voice": True,
        "standing": _("You sign version %(number)s for %(who)s.") % {"number": version.number, "who": own.name},
    }
    return render(request, "agreements/sign.html", context)


@page(Ability.AGREE, AgreementVersion, related=("agreement",))
def answer(request: Visit, version: AgreementVersion) -> HttpResponse:
    """Not now: decline with a reason, or ask for time."""
    demand_signatory(request)
    form = ReplyForm(
        request.POST if request.method == "POST" else None, access=request.access, instance=Reply(), version=version
    )
    if request.method == "POST" and form.is_valid():
        try:
            said = {name: form.cleaned_data[name] for name in ReplyForm.Meta.fields}
            services.answer(version, by=request.access.participant, **said)
            messages.success(request, _("Your answer is on record; the partners see it."))
            return redirect(version.agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Not now"),
        standing=version.contents["title"],
        standing_more=_("You can still sign this version later."),
        save_label=_("Tell the partners"),
        cancel=reverse("agreements:sign", args=[request.partnership.slug, version.pk]),
    )


@page(Ability.STEER, Agreement, methods=("POST",))
def remind(request: Visit, agreement: Agreement) -> HttpResponse:
    try:
        reminded = services.remind(agreement, by=request.user)
        messages.success(request, _("Reminded: %(names)s") % {"names": ", ".join(one.person.name for one in reminded)})
    except services.NotPossible as problem:
        messages.error(request, str(problem))
    return redirect(agreement)


@page(Ability.AGREE, Agreement)
def withdraw(request: Visit, agreement: Agreement) -> HttpResponse:
    demand_signatory(request)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.withdraw(agreement, by=request.access.participant, reason=form.cleaned_data["reason"])
            messages.success(
                request, _("Notice given. It ends for your organization on %(day)s.") % {"day": say_day(made.ends_on)}
            )
            return redirect(agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Leave this agreement?"),
        standing=str(agreement),
        standing_more=_("With %(days)s days of notice; until then your promises hold.")
        % {"days": agreement.notice_days},
        save_label=_("Give notice"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.STEER, Agreement)
def renew(request: Visit, agreement: Agreement) -> HttpResponse:
    """The next agreement, with the same clauses and new dates."""
    form = RenewForm(request.POST if request.method == "POST" else None, agreement=agreement)
    if request.method == "POST" and form.is_valid():
        made = services.renew(agreement, by=request.user, **form.cleaned_data)
        messages.success(request, _("Drafted. Read each clause again before you send it for signature."))
        return redirect(made)
    return form_page(
        request,
        form,
        title=_("Renew this agreement"),
        standing=str(agreement),
        standing_more=_("A new draft with the same clauses; it holds once everyone has signed it."),
        save_label=_("Draft the next one"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.STEER, Agreement)
def end(request: Visit, agreement: Agreement) -> HttpResponse:
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end(agreement, by=request.user, reason=form.cleaned_data["reason"])
            return redirect(agreement)
        except services.NotPossible as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("End this agreement?"),
        standing=str(agreement),
        standing_more=_("It holds no longer from today on. Its text and signatures stay on record."),
        save_label=_("End it"),
        cancel=agreement.get_absolute_url(),
    )


# Standing by it


@page(Ability.STEER, Agreement)
def reconfirm(request: Visit, agreement: Agreement) -> HttpResponse:
    """How often the partners are asked whether they stand by it; and asking them now."""
    form = ConsentForm(request.POST if request.method == "POST" else None, initial={"every": agreement.reconfirm_every})
    if request.method == "POST" and form.is_valid():
        try:
            consent.every(agreement, form.cleaned_data["every"], by=request.user)
            if because := form.cleaned_data["because"].strip():
                consent.ask(agreement, cause=Round.Cause.ASKED, because=because, by=request.user)
                messages.success(request, _("The partners are asked."))
            return redirect(agreement)
        except consent.NotAsked as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Do the partners stand by it?"),
        standing=str(agreement),
        standing_more=_("They are asked by themselves when a partner joins or leaves, or purpose or rule change."),
        save_label=_("Save it"),
        cancel=agreement.get_absolute_url(),
    )


@page(Ability.AGREE, Round, related=("agreement",))
def confirm(request: Visit, asked: Round) -> HttpResponse:
    """One organization says whether it stands by an agreement."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            consent.confirm(asked, by=request.access.participant, stands=said["stands"], reason=said["reason"])
            messages.success(request, _("Your answer is on record; the partners see it."))
            return redirect(asked.agreement)
        except consent.NotAsked as problem:
            refuse(request, form, problem)
    return form_page(
        request,
        form,
        title=_("Do you stand by “%(what)s”?") % {"what": asked.agreement},
        standing=asked.because or str(asked.get_cause_display()) + ".",
        standing_more=_("Answer until %(day)s.") % {"day": say_day(asked.due)},
        save_label=_("Answer for our organization"),
        cancel=asked.agreement.get_absolute_url(),
    )


# Who gives what, and who gains what


@page(Ability.SEE, methods=READ)
def ledger(request: Visit) -> HttpResponse:
    """Promised against given, for each organization and each contribution."""
    found = ledgers.ledger(request.partnership)
    may = rights(request)
    warned = len(found.warned)
    context = {
        "ledger": found,
        "offered": ledgers.offered(request.partnership) if may["may_write"] else [],
        "speaks": request.access.can(Ability.AGREE, **HERE) and request.access.organization is not None,
        "title": _("Who gives what"),
        "standing": _("%(amount)s has been given so far.") % {"amount": found.given},
        "standing_more": ngettext(
            "With %(count)s organization, give and gain are out of balance.",
            "With %(count)s organizations, give and gain are out of balance.",
            warned,
        )
        % {"count": warned}
        if warned
        else _("Nothing is out of balance."),
        **may,
    }
    return render(request, "agreements/ledger.html", context)


@page(Ability.AGREE)
def gain(request: Visit) -> HttpResponse:
    """What being a partner brings one's organization, and what it costs it."""
    organization = request.access.organization
    if organization is None:
        raise PermissionDenied(_("You take part for no organization, so there is nobody to answer for."))
    row = Gain.objects.filter(organization=organization).first() or Gain()
    form = GainForm(request.POST if request.method == "POST" else None, access=request.access, instance=row)
    back = reverse("agreements:ledger", args=[request.partnership.slug])
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in GainForm.Meta.fields}
        ledgers.weigh(request.partnership, organization, by=request.user, **said)
        messages.success(request, _("Saved."))
        return redirect(back)
    return form_page(
        request,
        form,
        title=_("What it brings %(who)s, and what it costs") % {"who": organization.short},
        standing=_("Money, people, standing, knowledge; time, worry, freedom given up."),
        save_label=_("Save our answer"),
        cancel=back,
    )


class LedgerRegister(Register):
    """Pages of a part of the ledger; afterwards one is back there."""

    fills: tuple[str, ...] = ()
    standing: Any = ""

    def initial(self) -> dict[str, Any]:
        asked = {name: self.request.GET.get(name, "") for name in self.fills}
        return {name: value for name, value in asked.items() if value.isdecimal()}

    def extra(self) -> dict[str, Any]:
        removing = {"keep_url": self.back(self.row), "object": self.row} if self.role == "delete" else {}
        return {"standing": self.standing, **removing}

    def back(self, row: Any = None) -> str:
        return reverse("agreements:ledger", args=[self.request.partnership.slug])


class Contributions(LedgerRegister):
    model, form = Contribution, ContributionForm
    roles = ("new", "edit", "delete")
    related = ("partner__organization", "agreement", "clause")
    fills = ("partner", "agreement", "clause")
    new_label, save_label = gettext_lazy("Note a contribution"), gettext_lazy("Save the contribution")
    standing = gettext_lazy("What one organization promises to give: money, time, rooms, data.")
    said = {
        "new": gettext_noop("noted the contribution “%(what)s”"),
        "edit": gettext_noop("changed the contribution “%(what)s”"),
        "delete": gettext_noop("removed the contribution “%(what)s”"),
    }
    abilities = {"delete": Ability.STEER}

    def initial(self) -> dict[str, Any]:
        """What a link knows; or an offer shared in Capacity (`?offer=7`)."""
        asked = self.request.GET.get("offer", "")
        offer = next((one for one in ledgers.offered(self.request.partnership) if str(one.pk) == asked), None)
        if offer is None:
            return super().initial()
        partner = next(one for one in committed(self.request.partnership) if one.organization == offer.organization)
        facts = {"kind": offer.kind, "what": offer.what, "amount": offer.amount, "unit": offer.unit}
        return {**facts, "partner": partner.pk}


class Deliveries(LedgerRegister):
    model, form = Delivery, DeliveryForm
    roles = ("new", "edit", "delete")
    related = ("contribution__partner__organization",)
    fills = ("contribution",)
    new_label, save_label = gettext_lazy("Note what was given"), gettext_lazy("Save it")
    standing = gettext_lazy("How much was given, when, and what shows it.")
    said = {
        "new": gettext_noop("noted what was given: %(what)s"),
        "edit": gettext_noop("changed what was given: %(what)s"),
        "delete": gettext_noop("removed what was given: %(what)s"),
    }
    abilities = {"delete": Ability.STEER}


class Obligations(Register):
    model, form = Obligation, ObligationForm
    roles = ("list", "new", "edit", "delete")
    related = ("agreement", "partner__organization", "owner__person", "clause")
    search = ("what", "partner__organization__name")
    title = gettext_lazy("Obligations")
    new_label, save_label = gettext_lazy("Note a promise"), gettext_lazy("Save the promise")
    empty = gettext_lazy("No promises noted yet")
    empty_text = gettext_lazy("What each partner promised in an agreement, by when, and what shows that it was kept.")
    said = {
        "new": gettext_noop("noted the promise “%(what)s”"),
        "edit": gettext_noop("changed the promise “%(what)s”"),
        "delete": gettext_noop("removed the promise “%(what)s”"),
    }
    abilities = {"delete": Ability.STEER}
    columns = (
        ("what", gettext_lazy("What")),
        ("partner", gettext_lazy("Who")),
        ("due", gettext_lazy("Due")),
        ("state", gettext_lazy("State")),
        ("evidence", gettext_lazy("Evidence")),
    )

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("agreement", "")
        return {"agreement": asked} if asked.isdecimal() else {}

    def cell(self, row: Obligation, name: str) -> Any:
        if name == "due":
            return say_day(row.due) if row.due else ""
        if name == "state":
            if row.delivered_on:
                return _("Delivered on %(day)s") % {"day": say_day(row.delivered_on)}
            return _("Overdue") if row.overdue else _("Open")
        return super().cell(row, name)

    def extra(self) -> dict[str, Any]:
        late = queries.overdue(self.request.partnership).count() if self.role == "list" else 0
        standing = (
            ngettext("One promise is overdue.", "%(count)s promises are overdue.", late) % {"count": late}
            if late
            else _("What partners promised, by when, and what shows it.")
        )
        removing = {"keep_url": self.back(self.row), "object": self.row} if self.role == "delete" else {}
        return {"standing": standing, **removing}
