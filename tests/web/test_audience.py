"""Sockets and sessions: everybody hears their own session and nobody else's."""

from artbot_server.events import QueueMoved
from artbot_server.web.audience import Audience, Member
from tests.web.test_outbox import Line

EVENT = QueueMoved([])


def socket(sid, session_id):
    line = Line.released(room=lambda: True)
    line.sent.clear()
    return Member(sid, session_id, "thumbnail", line.outbox, "127.0.0.1"), line.sent


def test_a_session_s_sockets_all_hear_and_others_do_not():
    audience = Audience()
    (phone, on_phone), (desk, on_desk), (other, on_other) = (socket("1", "a"), socket("2", "a"), socket("3", "b"))
    for member in (phone, desk, other):
        audience.join(member)
    audience.publish("a", EVENT)
    assert (on_phone, on_desk, on_other) == ([EVENT], [EVENT], [])
    audience.send("2", EVENT)
    assert (len(on_phone), len(on_desk)) == (1, 2)
    audience.publish_all(EVENT)
    assert (len(on_phone), len(on_desk), len(on_other)) == (2, 3, 1)


def test_a_socket_that_left_hears_nothing_and_leaves_nothing_behind():
    audience = Audience()
    member, heard = socket("1", "a")
    audience.join(member)
    assert audience.member("1") is member and len(audience) == 1
    audience.leave("1")
    audience.leave("1")
    audience.publish("a", EVENT)
    audience.send("1", EVENT)
    assert heard == [] and len(audience) == 0 and audience.member("1") is None
    assert audience._sessions == {}
    member.outbox.put(EVENT)
    assert heard == []
