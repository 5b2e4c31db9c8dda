"""Small real pictures with A1111's text inside."""

import base64
import io

from PIL import ExifTags, Image, PngImagePlugin


def base64_png(size: tuple[int, int], seed: int, text: str) -> str:
    """A plain colour that depends on the seed; without a text, no `parameters` chunk."""
    return encode(size, seed, text, "png")


def encode(size: tuple[int, int], seed: int, text: str, kind: str) -> str:
    """As the option `samples_format` says: png, jpg or webp (there the text is in Exif)."""
    image = Image.new("RGB", size, ((seed * 37) % 256, (seed * 91) % 256, (seed // 256) % 256))
    out = io.BytesIO()
    if kind == "png":
        chunks = PngImagePlugin.PngInfo()
        if text:
            chunks.add_text("parameters", text)  # tEXt, or iTXt beyond Latin-1
        image.save(out, "PNG", pnginfo=chunks)
    else:
        exif = image.getexif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = b"UNICODE\0" + text.encode("utf-16-be")
        image.save(out, {"jpg": "JPEG", "webp": "WEBP"}[kind], exif=exif)
    return base64.b64encode(out.getvalue()).decode()
