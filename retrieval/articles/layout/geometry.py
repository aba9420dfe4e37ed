"""A printed page as geometry: characters set into lines, lines into the pieces of columns, those into reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from byline.retrieval.articles.article import Box

# All in ems of the line's type unless said otherwise. Gutters of newspapers are 1 em or more, word spaces in narrow
# justified columns seldom more than 1.5; a gap that holds no space character needs less to be a gutter.
_GUTTER_EMS = 1.2
_SPACED_GUTTER_EMS = 2.5
_LATIN_SPACE_EMS = 0.2
# A space of a Chinese font is 0.22 em (Noto) to 0.5 em wide; kerning and justification of 0.05 em remain below.
_CHINESE_SPACE_EMS = 0.15
_SAME_BASELINE = 0.5
# Lines of one column piece: type of one size, one under another with no blank line between.
_SIZE_RATIO = 1.2
_LEADING_EMS = 1.1
# Headlines of newspapers start at one and a half times the body's type; sub-headlines inside a body are below that.
HEADLINE_RATIO = 1.35
_WIDE = "\u2e80"


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box (left, top, right, bottom from the page's top left corner, in points).

    A space the document holds is " "; one that was only inferred from a gap is empty.
    """

    char: str
    box: Box


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A run of characters on one baseline within one column.

    Attributes:
        text: without white space around it.
        box: left, top, right, bottom in points from the top left corner of the page.
        size: height of its type in points.
        bold: set heavier than the regular weight.
        first_word: width of what would have had to fit on the line before, in points.
    """

    text: str
    box: Box
    size: float
    bold: bool = False
    first_word: float = 0.0


def lines_of_glyphs(glyphs: Sequence[Glyph], bolds: Iterable[bool]) -> list[PrintedLine]:
    """Set characters, in the order in which they were printed, into lines.

    A line ends where the next character is not beside the last one: lower, higher, to its left or a gutter away.
    """
    runs: list[list[Glyph]] = []
    weights: list[bool] = []
    space: str | None = None
    for glyph, bold in zip(glyphs, bolds, strict=True):
        if not glyph.char.strip():
            space = max(space or "", glyph.char)
            continue
        if runs and _goes_on(runs[-1][-1], glyph, spaced=space is not None):
            if space is not None:
                runs[-1].append(Glyph(space, _between(runs[-1][-1].box, glyph.box)))
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
            weights.append(bold)
        space = None
    return _rejoined([_line(run, bold) for run, bold in zip(runs, weights, strict=True)])


def _goes_on(last: Glyph, glyph: Glyph, *, spaced: bool) -> bool:
    size = max(_height(last.box), _height(glyph.box))
    if not _beside(last.box, glyph.box):
        return False
    gap = glyph.box[0] - last.box[2]
    return -0.6 * size < gap < (_SPACED_GUTTER_EMS if spaced else _GUTTER_EMS) * size


def _between(left: Box, right: Box) -> Box:
    return left[2], left[1], right[0], left[3]


def _beside(one: Box, other: Box) -> bool:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared > _SAME_BASELINE * min(_height(one), _height(other))


def _line(run: Sequence[Glyph], bold: bool) -> PrintedLine:
    run = _spaced(run)
    boxes = [glyph.box for glyph in run]
    heights = sorted(map(_height, boxes))
    text = "".join(glyph.char for glyph in run)
    return PrintedLine(text, around(boxes), heights[len(heights) // 2], bold, _first_word(run))


def _spaced(run: Sequence[Glyph]) -> list[Glyph]:
    """Decide on inferred spaces: one between Chinese characters has to stand out among the gaps of its line."""
    if all(glyph.char for glyph in run):
        return list(run)
    wide = sorted(right.box[0] - left.box[2] for left, right in pairwise(run) if _are_wide(left, right))
    usual = wide[len(wide) // 2] if wide else 0.0
    kept: list[Glyph] = []
    for at, glyph in enumerate(run):
        if glyph.char:
            kept.append(glyph)
        elif not _are_wide(run[at - 1], run[at + 1]) or (
            glyph.box[2] - glyph.box[0] > max(usual, 0.0) + _CHINESE_SPACE_EMS * _height(glyph.box)
        ):
            kept.append(Glyph(" ", glyph.box))
    return kept


def _are_wide(left: Glyph, right: Glyph) -> bool:
    return left.char >= _WIDE and right.char >= _WIDE


def _first_word(run: Sequence[Glyph]) -> float:
    """Width of the first word, or of the first Chinese character and the marks that may not part from it."""
    end = 1
    if run[0].char < _WIDE:
        while end < len(run) and run[end].char != " " and run[end].char < _WIDE:
            end += 1
    while end < len(run) and run[end].char in "，。、；：！？）》”’」』…—%％":
        end += 1
    return run[end - 1].box[2] - run[0].box[0]


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around others."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _height(box: Box) -> float:
    return box[3] - box[1]


def _rejoined(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Join runs that were printed apart but touch on one baseline, as when a word in the middle is bold."""
    ordered = sorted(lines, key=lambda line: (round(line.box[3]), line.box[0]))
    joined: list[PrintedLine] = []
    for line in ordered:
        last = joined[-1] if joined else None
        if last is not None and _beside(last.box, line.box):
            gap = line.box[0] - last.box[2]
            if -0.5 * last.size < gap < 0.5 * last.size:
                joined[-1] = _join(last, line, gap)
                continue
        joined.append(line)
    return joined


def _join(last: PrintedLine, line: PrintedLine, gap: float) -> PrintedLine:
    is_latin = last.text[-1] < _WIDE and line.text[0] < _WIDE
    space = " " if is_latin and gap > _LATIN_SPACE_EMS * line.size else ""
    size = last.size if len(last.text) >= len(line.text) else line.size
    box = around((last.box, line.box))
    return PrintedLine(last.text + space + line.text, box, size, last.bold and line.bold, last.first_word)


def column_pieces(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Gather lines into pieces of columns, each from top to bottom, and put the pieces into reading order.

    A headline parts the page above it from the text below it as far to both sides as nothing else is at its height.
    """
    if not lines:
        return []
    pieces = _pieces(sorted(lines, key=lambda line: (line.box[1], line.box[0])))
    boxes = [around(line.box for line in piece) for piece in pieces]
    usual, page = body_size(lines), around(boxes)
    reaching = [
        _stretched(box, boxes, page) if piece[0].size > HEADLINE_RATIO * usual else box
        for box, piece in zip(boxes, pieces, strict=True)
    ]
    return [pieces[at] for at in reading_order(reaching)]


def _stretched(box: Box, boxes: Sequence[Box], page: Box) -> Box:
    """A headline's box with the white space beside it, up to the next type at its height.

    Over a single column it stays as it is: what is beside it may be the foot of the next column of the same flow.
    """
    level = [other for other in boxes if min(box[3], other[3]) - max(box[1], other[1]) > 0]
    left = max((other[2] for other in level if other[2] <= box[0]), default=page[0])
    right = min((other[0] for other in level if other[0] >= box[2]), default=page[2])
    below = [other for other in boxes if other[1] >= box[3] and left <= other[0] and other[2] <= right]
    if any(_apart(one, other) for one in below for other in below):
        return left, box[1], right, box[3]
    return box


def _pieces(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    below: dict[int, list[int]] = {}
    above: dict[int, list[int]] = {}
    for upper in range(len(lines)):
        for lower in _directly_below(lines, upper):
            below.setdefault(upper, []).append(lower)
            above.setdefault(lower, []).append(upper)
    pieces: list[list[PrintedLine]] = []
    placed: dict[int, int] = {}
    for at, line in enumerate(lines):
        over = above.get(at, [])
        if len(over) == 1 and len(below[over[0]]) == 1 and _go_together(lines[over[0]], line):
            placed[at] = placed[over[0]]
            pieces[placed[at]].append(line)
        else:
            placed[at] = len(pieces)
            pieces.append([line])
    return pieces


def _directly_below(lines: Sequence[PrintedLine], upper: int) -> list[int]:
    """Lines under one that nothing stands between; several where it spans columns."""
    left, _, right, bottom = lines[upper].box
    middle = (lines[upper].box[1] + bottom) / 2
    found: list[int] = []
    reach = bottom + 3 * lines[upper].size
    for at in range(upper + 1, len(lines)):
        box = lines[at].box
        if box[1] > reach:
            break
        if min(right, box[2]) <= max(left, box[0]) or box[1] < middle:
            continue
        if all(_apart(lines[other].box, box) for other in found):
            found.append(at)
            # The nearest one settles what counts as directly below: what starts under its foot does not.
            reach = min(reach, box[3])
    return found


def _apart(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) <= max(one[0], other[0])


def _go_together(upper: PrintedLine, lower: PrintedLine) -> bool:
    size = min(upper.size, lower.size)
    if max(upper.size, lower.size) > _SIZE_RATIO * size:
        return False
    return lower.box[1] - upper.box[3] <= _LEADING_EMS * size


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Order boxes as they are read: down a column, then the next; a box across columns parts what is above from below.

    The partial order of Breuel (2003), "High Performance Document Layout Analysis": a box comes before another if it
    is above it in the same column, or wholly to its left with no box across both between their heights. Among those
    that may come next, the one after the last, then the topmost, then the leftmost is taken.
    """
    before = _precedence(boxes)
    waiting = {at: sum(row[at] for row in before) for at in range(len(boxes))}
    order: list[int] = []
    while waiting:
        free = [at for at, count in waiting.items() if count == 0] or [min(waiting, key=lambda at: waiting[at])]
        chosen = min(free, key=lambda at: (boxes[at][1], boxes[at][0]))
        order.append(chosen)
        del waiting[chosen]
        for at in waiting:
            waiting[at] -= before[chosen][at]
    return order


def _precedence(boxes: Sequence[Box]) -> list[list[bool]]:
    import numpy as np

    if not boxes:
        return []
    left, top, right, bottom = np.asarray(boxes, dtype=np.float64).T
    # Boxes may touch or overlap a little where type is set tight.
    slack = 0.15 * np.median(bottom - top)
    in_column = (left[:, None] < right[None, :] - slack) & (left[None, :] < right[:, None] - slack)
    is_above = (top[:, None] + bottom[:, None]) < (top[None, :] + bottom[None, :])
    is_left = right[:, None] <= left[None, :] + slack
    higher = bottom[:, None] <= top[None, :] + slack
    before = in_column & is_above
    for separator in range(len(boxes)):
        across = in_column[separator][:, None] & in_column[separator][None, :]
        between = higher[:, separator][:, None] & higher[separator][None, :]
        is_left = is_left & ~(across & (between | between.T))
    before = before | is_left
    np.fill_diagonal(before, False)
    result: list[list[bool]] = before.tolist()
    return result


def columns_across(lines: Sequence[PrintedLine]) -> int:
    """How many columns the page has where most of its lines stand."""
    wide = [line for line in lines if len(line.text) >= 4]
    if not wide:
        return 0
    heights = [(line.box[1] + line.box[3]) / 2 for line in wide]
    counts = sorted(sum(line.box[1] < height < line.box[3] for line in wide) for height in heights)
    return counts[len(counts) // 2]


def body_size(lines: Iterable[PrintedLine]) -> float:
    """The size of type most characters are set in, in points; 0 for no lines."""
    characters: dict[float, int] = {}
    for line in lines:
        size = round(line.size * 2) / 2
        characters[size] = characters.get(size, 0) + len(line.text)
    return max(characters, key=lambda size: characters[size], default=0.0)


def begins_paragraph(last: PrintedLine, line: PrintedLine, left: float, right: float) -> bool:
    """Whether a line begins a paragraph after the one above it, in a column from `left` to `right`.

    It does if it is indented, or if the one above ends short of where the first word of this one would have fitted.
    """
    if max(last.size, line.size) > _SIZE_RATIO * min(last.size, line.size) or last.bold != line.bold:
        return True
    if line.box[0] - left > 0.8 * line.size and line.box[0] - last.box[0] > 0.5 * line.size:
        return True
    room = right - last.box[2]
    if last.text[-1] < _WIDE and line.text[0] < _WIDE:
        return room > line.first_word + 0.8 * line.size and (last.text[-1] in '.!?:;"”)' or room > 0.4 * (right - left))
    return room > line.first_word + 0.6 * line.size


def gaps(lines: Sequence[PrintedLine]) -> list[float]:
    """Distances from line to line of a column piece, foot to head, in points."""
    return [lower.box[1] - upper.box[3] for upper, lower in pairwise(lines)]
