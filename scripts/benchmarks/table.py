"""Markdown tables, and their place in the README."""

from dataclasses import dataclass

BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"


@dataclass(frozen=True)
class Table:
    """Rows of text and numbers; None is printed as "-"."""

    title: str
    header: list[str]
    rows: list[list[str | float | None]]
    note: str = ""
    in_readme: bool = False

    def markdown(self) -> str:
        lines = [self.header, ["---"] * len(self.header)]
        lines += [[cell_text(cell) for cell in row] for row in self.rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{self.title}\n\n{table}\n" + (f"\n{self.note}\n" if self.note else "")


def cell_text(cell: str | float | None) -> str:
    """Three significant digits, no exponents."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:#.3g}".rstrip(".")


def between_marks(readme: str, text: str) -> str:
    """The README with `text` between its two marks; ValueError where one is missing."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks {BEGIN} or, after it, {END}")
    return f"{head}{BEGIN}\n{text.strip()}\n{END}{tail}"
