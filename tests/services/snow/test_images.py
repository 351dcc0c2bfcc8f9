"""Areas of a photo that nobody shall recognise."""

from PIL import Image

from kit.images import sanitised
from services.snow.images import Area, blurred
from tests.kit.test_images import encoded, opened


def test_a_blurred_area_cannot_be_recognised_and_the_rest_stays() -> None:
    picture = Image.effect_noise((200, 200), 90).convert("RGB")
    photo = sanitised(encoded(picture, "PNG"))
    after = opened(blurred(photo.jpeg, [Area(50, 50, 90, 90)])).convert("RGB")
    colours = after.crop((52, 52, 88, 88)).quantize(256).getcolors()
    assert colours is not None
    inside = after.crop((52, 52, 58, 58)).convert("L").getextrema()
    outside = after.crop((120, 120, 126, 126)).convert("L").getextrema()
    assert isinstance(inside[0], int)
    assert inside[1] - inside[0] < 30
    assert outside[1] - outside[0] > 60
