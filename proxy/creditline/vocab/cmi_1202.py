"""The eight categories of copyright management information in 17 U.S.C. § 1202(c)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One paragraph of § 1202(c): its number, a short name, and what it covers in our own words."""

    number: int
    name: str
    covers: str


CMI: tuple[Category, ...] = (
    Category(1, "work", "the title and whatever else identifies the work, a copyright notice included"),
    Category(2, "author", "the author's name and what else identifies the author"),
    Category(3, "owner", "the copyright owner's name and what else identifies the owner"),
    Category(4, "performer", "a performer whose performance is fixed in a work that is not audiovisual"),
    Category(5, "audiovisual credits", "writer, performer or director credited in an audiovisual work"),
    Category(6, "terms", "terms and conditions for using the work"),
    Category(7, "identifiers and links", "numbers or symbols that stand for such information, or links to it"),
    Category(8, "prescribed", "what else the Register of Copyrights prescribes; so far nothing"),
)
"""In the order of the statute; `CMI[n - 1]` is § 1202(c)(n)."""

BY_NUMBER = {category.number: category for category in CMI}
