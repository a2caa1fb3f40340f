"""An approved report on the autumn, and the funder's report, due in eighteen days with three of six results."""

from concorda.foundation.process.story import Story
from concorda.monitor.reports import services
from concorda.monitor.reports.models import Report

A = Report.Audience


def tell(story: Story) -> None:
    priya = story.people["priya"]
    with story.day(-62):
        autumn = begin(story, "Our first autumn", A.PUBLIC, -200, -70, None)
        services.write(
            autumn,
            {
                "summary": "Seven organizations sat down together in September. By December they had rules "
                "for deciding and five groups at work.",
                "lessons": "Start the groups before the papers are perfect.",
            },
            by=priya,
        )
        services.freeze(autumn, by=priya)
        services.approve(autumn, by=priya)
        story.things["report.autumn"] = autumn
    with story.day(-4):
        funder = begin(story, "Report to the Western Lakes Community Fund", A.FUNDER, -180, 18, 18)
        words = {"summary": "Families find homes sooner. Work in one’s own field is still the hardest part."}
        services.write(funder, words, by=story.people["priya"])
        story.things["report.funder"] = funder


def begin(story: Story, title: str, audience: str, start: int, end: int, due: int | None) -> Report:
    report = Report(
        partnership=story.partnership,
        title=title,
        audience=audience,
        period_from=story.date(start),
        period_to=story.date(end),
        cut_off=story.date(end),
        due=None if due is None else story.date(due),
    )
    return services.begin(report, by=story.people["priya"])
