"""gunicorn's threaded worker for long bodies: a thread for whole heads only, a deadline for all.

What gunicorn 27 does not do by itself, and this adds:
- A thread is spent on a request once its head is there; the loop reads heads, under a deadline.
- A body must keep coming: no silence, and no trickle, of `CLIENT_SILENCE_SECONDS`.
- A client that expects `100 Continue` is asked for its bytes at the first read, not before.
- A body that ends early or is malformed is an `OSError` to whoever reads it, as WSGI has it.
- An answer is sent as its client takes it; a slow one is waited for by the loop, not by a thread.
- A target that is no path, a missing `Host` and methods that repeat a request are refused.
- A connection whose body was not read to its end is not used again, and is seen off by the loop.
- A stopping worker breaks off, in time to undo them itself, the requests that outlast the grace.
"""
