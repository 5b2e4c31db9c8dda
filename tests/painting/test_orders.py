from artbot_server.painting.orders import PaintOrder


def test_what_is_written_stays_out_of_logs():
    order = PaintOrder(prompt="my secret garden", folder="plain", template="cat")
    assert repr(order) == "PaintOrder(plain/cat)"
