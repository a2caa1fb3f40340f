from concorda.foundation.process.story import Story


def tell(story: Story) -> None:
    """Nothing yet."""
