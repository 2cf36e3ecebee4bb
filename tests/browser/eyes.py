"""What is wrong with a page for those who cannot see, have a small screen, or press with a finger."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
WIDE, PHONE = 1366, 360
#: Smallest side of what one presses with a finger, in CSS pixels.
FINGER = 44
#: What one presses in rows and forms; a link inside a sentence is exempt (WCAG 2.5.5).
#: The boxes that choose rows for a common act are smaller: each act is in the task, too.
PRESSED = "button, summary, [data-row] a, nav a, select, input:not([type=hidden], .choose *)"


def faults(page: Page) -> list:
    """What axe finds: the laws' rules and its own good advice."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(
        """levels => axe.run(document, {runOnly: levels}).then(r =>
             r.violations.map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 140))]))""",
        LEVELS,
    )


def small(page: Page) -> list[str]:
    """What is there to be pressed and too small for a finger, itself or with its label."""
    return page.evaluate(
        """([pressed, least]) => [...document.querySelectorAll(pressed)].filter(one => {
             if (!one.checkVisibility() || one.closest('p, .sr-only, dialog:not([open])')) return false;
             const label = one.labels?.[0];
             const boxes = [one, label].filter(Boolean).map(b => b.getBoundingClientRect());
             if (!boxes[0].width || boxes[0].right < 0) return false;
             const width = Math.max(...boxes.map(b => b.width));
             return Math.max(...boxes.map(b => b.height)) < least - 0.5 || width < least - 0.5;
           }).map(one => `${one.outerHTML.slice(0, 110)} ${Math.round(one.getBoundingClientRect().width)}x${Math.round(one.getBoundingClientRect().height)}`)""",
        [PRESSED, FINGER],
    )


def too_wide(page: Page) -> int:
    """How many pixels the page is wider than the screen; none where it fits."""
    return max(0, page.evaluate("document.documentElement.scrollWidth - innerWidth"))
