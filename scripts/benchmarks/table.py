"""Markdown tables, and their places in the README."""

from dataclasses import dataclass

END = "<!-- /benchmark -->"


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


def begin_mark(instruction_set: str) -> str:
    return f"<!-- benchmark {instruction_set} -->"


def between_marks(readme: str, instruction_set: str, text: str) -> str:
    """The README with `text` between the two marks of machines with this instruction
    set; ValueError where one is missing."""
    head, begin, rest = readme.partition(begin_mark(instruction_set))
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks {begin_mark(instruction_set)} or, after it, {END}")
    return f"{head}{begin}\n{text.strip()}\n{END}{tail}"
