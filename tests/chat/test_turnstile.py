import subprocess
import sys
import threading

from artbot_server.chat.turnstile import Turnstile


def test_everybody_gets_through():
    turnstile, through = Turnstile(2), []

    def go(number):
        turnstile.pass_through()
        through.append(number)

    crowd = [threading.Thread(target=go, args=(number,)) for number in range(50)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(10)
    assert sorted(through) == list(range(50))


GREEN = """
from artbot_server.patching import patch
patch("eventlet")
import threading, time
from artbot_server.chat.turnstile import Turnstile
turnstile, order, begin = Turnstile(2), [], threading.Event()

def go():
    begin.wait()
    turnstile.pass_through()
    order.append("one of the crowd")

def other():
    begin.wait()
    for _ in range(4):
        time.sleep(0)
        order.append("somebody else")

threads = [threading.Thread(target=go) for _ in range(40)] + [threading.Thread(target=other)]
for thread in threads: thread.start()
begin.set()
for thread in threads: thread.join()
last = len(order) - 1 - order[::-1].index("somebody else")
print(order[:last].count("one of the crowd") < 40, len(order))
"""


def test_others_get_their_turns_between():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["True", "44"], "")
