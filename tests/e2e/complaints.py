"""What a page complains of."""


def complaints_of(page):
    """Errors in the console and in the scripts of a page, from now on; the list grows."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
