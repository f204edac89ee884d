"""Measurements as a table: rows are (what, value, unit, promise)."""


def markdown(report):
    """The table of a report in Markdown."""
    lines = [f"| {report['date']} | measured | promised |", "|---|---|---|"]
    lines += map(line, report["rows"])
    return "\n".join([*lines, "", f"({report['machine']})"])


def line(row):
    what, value, unit, promise = row
    shown = f"{value:.2f} {unit}".strip() if isinstance(value, float) else value
    return f"| {what} | {'–' if value is None else shown} | {promise} |"
