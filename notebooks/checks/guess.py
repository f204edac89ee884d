"""Guess, then see: a question whose answer unfolds once you have guessed."""

import sys
from html import escape

import ipywidgets as widgets
from IPython.display import HTML

ASKED = {}  # {question: its Guess} of this session, for the end of the lesson
VIEW = "application/vnd.jupyter.widget-view+json"


class Guess:
    """A question with ``choices``, or one that a number answers; call it to ask.

    ``right`` is one of the choices or the number, ``why`` is told with it. Where no
    kernel runs, the answer lies folded under the question.

        guess_colour = Guess("Which colour?", ["red", "blue"], "red", "It is warm.")
        guess_width = Guess("How many pixels?", None, 68, "34 to each side.")
    """

    def __init__(self, question, choices, right, why):
        if choices and right not in choices:
            raise ValueError(f"{right!r} is none of the choices {choices}")
        self.question, self.choices, self.right = question, choices, right
        self.why, self.made = why, None

    def __call__(self):
        """Ask anew: a panel in which nothing is guessed yet."""
        self.made, ASKED[self.question] = None, self
        question = widgets.HTML(f"<b>Guess.</b> {escape(self.question)}")
        wide = widgets.Layout(width="max-content")
        if self.choices:
            self.field = widgets.RadioButtons(
                options=self.choices, value=None, layout=wide
            )
        else:
            self.field = widgets.Text(
                placeholder="a number, then Enter", continuous_update=False
            )
        self.told = widgets.HTML()
        self.field.observe(self._guessed, "value")
        self.panel = widgets.VBox([question, self.field, self.told])
        return self

    def _guessed(self, change):
        guess = change["new"]
        try:
            self.made = guess if self.choices else float(guess)
        except ValueError:
            self.told.value = escape(f"{guess!r} is no number: write one like 12.5.")
            return
        self.field.disabled = True  # the first guess counts
        self.told.value = f"{escape(self.verdict)} {self.answer}"

    @property
    def verdict(self):
        """What is said of the guess, before the answer."""
        if self.made == self.right:
            return "✓ As you guessed:"
        if self.hit:
            return f"✓ Near enough (you said {self.made:g}):"
        return f"✗ Your guess: {self.made}. The answer:"

    @property
    def hit(self):
        """Whether the guess was right; a number may be a quarter off."""
        if self.choices or self.made is None:
            return self.made == self.right
        return abs(self.made - self.right) <= abs(self.right) / 4

    @property
    def answer(self):
        """The answer and its reason, as HTML."""
        return f"<b>{escape(str(self.right))}.</b> {escape(self.why)}"

    def __repr__(self):
        offered = f" ({' / '.join(self.choices)})" if self.choices else ""
        return f"Guess. {self.question}{offered}"

    def _repr_html_(self):
        """For readers without a kernel: the question, and the answer folded."""
        offered = "".join(f"<li>{escape(choice)}</li>" for choice in self.choices or ())
        return (
            f"<p><b>Guess.</b> {escape(self.question)}</p><ul>{offered}</ul>"
            f"<details><summary>The answer</summary><p>{self.answer}</p></details>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The panel, and the page of `_repr_html_` where it cannot be shown."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.panel.model_id}
        bundle = {"text/plain": repr(self), VIEW: view}
        if "google.colab" not in sys.modules:  # it may prefer the page to the panel
            bundle["text/html"] = self._repr_html_()
        return bundle


def guesses():
    """What was asked in this session, your guesses beside the answers: a table."""
    asked = ASKED.values()
    rows = "".join(
        f"<tr><td>{escape(guess.question)}</td>"
        f"<td>{'–' if guess.made is None else escape(str(guess.made))}</td>"
        f"<td>{'✓ ' * guess.hit}{escape(str(guess.right))}</td></tr>"
        for guess in asked
    )
    made = any(guess.made is not None for guess in asked)
    return HTML(
        f"<details{' open' * made}><summary>You guessed {sum(g.hit for g in asked)} of "
        f"{len(asked)}</summary><table><tr><th>Question</th><th>Your guess</th>"
        f"<th>The answer</th></tr>{rows}</table></details>"
    )
