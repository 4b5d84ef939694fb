"""Answers questions from frames; knows neither files nor agreements."""
