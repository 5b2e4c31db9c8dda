"""Which packets are taken from clients."""

import pytest
from socketio.packet import Packet

from artbot_server.web.packets import GARBAGE, MOST_ATTACHMENTS, CheckedPacket
from artbot_server.web.wire import OrJson


@pytest.fixture(scope="module", autouse=True)
def as_the_server_reads():
    CheckedPacket.json = OrJson
    yield
    CheckedPacket.json = Packet.json


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        ("0", None),
        ('0{"session":"x"}', {"session": "x"}),
        ("1", None),
        ('2["history",{}]', ["history", {}]),
        ('27["history"]', ["history"]),
        ('51-7["generate",{"image":{"_placeholder":true,"num":0}}]', None),
        (f'5{MOST_ATTACHMENTS}-["generate"]', ["generate"]),
        ("31[]", []),
        ('2["text","half \\ud83d"]', ["text", "half \ud83d"]),
        ('2["number",36893488147419103232]', ["number", 2**65]),
    ],
)
def test_what_clients_send_is_read(sent, data):
    packet = CheckedPacket(encoded_packet=sent)
    assert packet.packet_type == int(sent[0])
    assert data is None or packet.data == data


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "2",
        "2[]",
        "2{}",
        "2null",
        "2[5]",
        "2[[]]",
        '2["connect"]',
        '2["disconnect"]',
        '2["open',
        '21-["history"]',
        "5",
        "51-",
        '5["generate"]',
        '50-["generate"]',
        f'5{MOST_ATTACHMENTS + 1}-["generate"]',
        '599999999999-["generate"]',
        '51-[{"_placeholder":true,"num":0}]',
        "2" + "[" * 100_000,
    ],
)
def test_anything_else_is_refused(sent):
    with pytest.raises(GARBAGE):
        CheckedPacket(encoded_packet=sent)
