"""What holds for every test: the processes it starts use this tree."""

from __future__ import annotations

from tests.worlds.process import use_this_tree

use_this_tree()
