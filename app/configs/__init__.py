"""Configs of training frameworks, read into training specs."""
