"""Answers, figures and progress as a terminal shows them."""
