"""What the organizations of the demo know about themselves. `story` is foundation/process/story.py, a floor above."""


def tell(story) -> None:
    """Nothing yet."""
