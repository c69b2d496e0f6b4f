"""Measuring a model: figures, gates, reports."""
