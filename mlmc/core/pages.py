"""What is true of every page: no copy of it is kept, and a list continues where it stopped."""


def private_pages(get_response):
    """No browser and no proxy keeps a page. Static files say for themselves how long they last."""

    def middleware(request):
        response = get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return middleware
