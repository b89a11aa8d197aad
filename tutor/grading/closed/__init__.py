"""Grades by rule of closed questions: an option, a blank, an order of steps, a number, a formula."""
