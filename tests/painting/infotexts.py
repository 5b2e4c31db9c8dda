"""Parameter texts as they stand in pictures, by what wrote them: A1111 from 1.0 to 1.10, Forge, extensions, Civitai.

Their field lines are as recorded or published; long prompts are shortened.
"""

from __future__ import annotations

CLASSIC = (
    "girl with an artist's beret, blue eyes, desert scene, ((eyeshadow)), detailed\n"
    "Negative prompt: ugly, (((deformed))), [blurry], bad anatomy\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x512, Model hash: 45dee52b"
)
HIRES = (
    "photo of a cozy cabin in snowy woods, golden hour\n"
    "Negative prompt: (worst quality:1.4), cartoon\n"
    "Steps: 25, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 777, Size: 512x768, Model hash: 6ce0161689, "
    "Model: v1-5-pruned-emaonly, VAE hash: 2be8c40be9, VAE: vae-ft-mse-840000-ema-pruned.safetensors, "
    "Variation seed: 7, Variation seed strength: 0.3, Seed resize from: 512x640, Denoising strength: 0.45, Clip skip: 2, "
    "ENSD: 31337, RNG: CPU, Tiling: True, Hires schedule type: Exponential, Hires upscale: 1.5, Hires steps: 10, "
    'Hires upscaler: R-ESRGAN 4x+, Hires sampler: Euler a, Hires prompt: "a cabin, closer:\\n(snow:1.2)", '
    'Hires negative prompt: "cartoon, flat", Lora hashes: "snow: a7dd9ec0fb24, cabin-v2: c7b66d2ad6cd", '
    'TI hashes: "easynegative: c74b4e810b03", Version: v1.10.1'
)
MASKED = (
    "a cat\nSteps: 4, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 42, Size: 64x64, "
    "Model hash: 3558b431d3, Model: tiny-random-a, Denoising strength: 0.6, Mask mode: Inpaint not masked, Mask blur: 2, "
    "Inpaint area: Only masked, Masked area padding: 8, Masked content: fill, Version: v1.10.1"
)
UNIT = (
    "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 0.8, Resize Mode: Crop and Resize, "
    "Processor Res: 512, Threshold A: 100.0, Threshold B: 200.0, Guidance Start: 0.0, Guidance End: 0.9, "
    "Pixel Perfect: True, Control Mode: ControlNet is more important"
)
CONTROLNET = (
    "a cat\nSteps: 3, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 42, Size: 64x64, "
    f'Model hash: 3558b431d3, Model: tiny-random-a, ControlNet 0: "{UNIT}", '
    'ControlNet 1: "Module: none, Model: control_v11f1e_sd15_tile, Weight: 1, Low Vram: False, Hr Option: Both", '
    "Version: v1.10.1"
)
FORGE = (
    "a lighthouse\nNegative prompt: \nSteps: 30, Sampler: Euler, Schedule type: Simple, CFG scale: 1, "
    "Distilled CFG Scale: 3.5, Seed: 42, Size: 896x1152, Model hash: d5d1e2a8b0, Model: flux1-dev-Q8_0, "
    "Denoising strength: 0.7, Hires Module 1: Use same choices, Hires CFG Scale: 1.5, Hires Distilled CFG Scale: 3.5, "
    "Hires upscale: 2, Hires upscaler: Latent, Version: f2.0.1v1.10.1-previous-313-g8a042934, Module 1: ae, Module 2: clip_l"
)
TILED = (
    "two people cheering\nSteps: 20, Sampler: DPM++ 2M SDE Karras, CFG scale: 7, Seed: 743577308, Size: 768x512, "
    'Model hash: 4199bcdd14, Tiled Diffusion: {"Method": "MultiDiffusion", "Tile Overlap": 48, "Region control": '
    '{"Region 1": {"enable": true, "x": 0.1556, "prompt": "1girl, solo, <lora:zelda-tp:0.8>", "seed": -1}}}, '
    'Version: v1.6.0, Hashes: {"vae": "63aeecb90f", "model": "4199bcdd14"}'
)
CIVITAI = (
    "masterpiece, knight\nNegative prompt: lowres, blurry\nSteps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, "
    "Seed: 1234567, Size: 512x768, Clip skip: 2, Created Date: 2024-09-23T06:17:42.9952795Z, Civitai resources: "
    '[{"type":"checkpoint","modelVersionId":128713,"modelName":"DreamShaper [8]"},{"type":"lora","weight":0.6}], '
    'Civitai metadata: {"remixOfId":11111100000}'
)
REFINER = (
    "x\nSteps: 4, Sampler: Euler, Schedule type: Automatic, CFG scale: 7.0, Seed: 1, Face restoration: CodeFormer, "
    "Size: 64x64, Model hash: 3558b431d3, Model: tiny-random-a, Refiner: tiny-random-b [0d37aea87c], "
    "Refiner switch at: 0.5, Version: v1.10.1"
)
GRID = (
    "a cat\nSteps: 2, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 1, Size: 64x64, "
    'Script: X/Y/Z plot, X Type: Seed, X Values: "1,2", Fixed X Values: "1, 2", Version: v1.10.1'
)
DETAILER = (
    "1girl,\nBREAK thighhighs,\nBREAK (colorful spot black:1.5)\nNegative prompt: lowres\nSteps: 8, "
    "Sampler: DPM++ 2M Karras, CFG scale: 2, Seed: 3627297328, Size: 768x1024, Denoising strength: 0.5, Clip skip: 2, "
    'ADetailer model: face_yolov8n.pt, ADetailer prompt: "black eyes, \\"soft\\" hair, ", ADetailer dilate/erode: 4, '
    "ADetailer mask blur 2nd: 4, Hires upscale: 2, Downcast alphas_cumprod: True, Version: 1.8.0-RC"
)
OLD = (
    "opel car\nSteps: 20, Sampler: Euler, CFG scale: 7.0, Seed: 104773192, Face restoration: CodeFormer, Size: 512x512, "
    "Model hash: 44f90a0972, Model: protogenX34Photorealism_1, Seed resize from: -1x-1, Denoising strength: 0, "
    "Conditional mask weight: 1.0"
)
NO_SIZE = "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 1, Clip skip: 2"
CHINESE = "一只橙色小猫，坐在窗边\nNegative prompt: 低质量，模糊\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 3, Model: 国风3"

AS_WRITTEN = {
    "classic": CLASSIC,
    "hires": HIRES,
    "masked": MASKED,
    "controlnet": CONTROLNET,
    "tiled": TILED,
    "refiner": REFINER,
    "grid": GRID,
    "detailer": DETAILER,
    "old": OLD,
    "no size": NO_SIZE,
    "chinese": CHINESE,
}
"""Those that come out of a round trip letter by letter."""

WILDCARDS = (
    "gazebo, white girl\nNegative prompt: lowres\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1825312441, "
    'Size: 640x960, Model: 二次元_meinaalter_v1, ENSD: 31337, Wildcard prompt: "voxel art,\n__scene-location__, white girl,\n'
    'classic, noble"'
)
DYNAMIC = (
    "1girl, pink hair\nNegative prompt: (worst quality:1.4)\nSteps: 20, Sampler: DPM++ SDE Karras, CFG scale: 6, "
    "Seed: 780207036, Size: 512x768, AddNet Model 1: ElysiaV3-000002(6d3eb064dcc1), AddNet Weight A 1: 0.9\n"
    "Template: 1girl, __haircolor__\nNegative Template: (worst quality:1.4), __badprompt__\n        "
)
COLLAPSED = (
    "masterpiece, highres, <lora:more_details:0.5> Negative prompt: (worst quality:2) JuggernautNegative-neg "
    "Steps: 18, Sampler: DPM++ 3M SDE Karras, CFG scale: 6.0, Seed: 1337, Size: 1024x1024, Denoising strength: 0.35"
)
BROKEN_QUOTES = (
    "a girl\nNegative prompt: BadDream\nSteps: 30, Size: 512x832, Seed: 5775713, Model: DreamShaper8_pruned, "
    'ADetailer prompt: "photo of a girl, (film grain)", (UnrealisticDream: 1.3)", ADetailer version: 23.6.1, '
    'Hires prompt: "1girl, Hires upscale: 2.2, Hires Adjust: ("shadow": [0, 0.8], "middle": [0, 0.9]), Sampler: DPM++ SDE'
)
COMMA_AT_THE_END = "test\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1234567890, Version: v1.6.0, "

ALL = {
    **AS_WRITTEN,
    "forge": FORGE,  # an empty negative prompt is not written again
    "civitai": CIVITAI,  # its date gets quotes, for the colons in it
    "wildcards": WILDCARDS,
    "dynamic": DYNAMIC,
    "collapsed": COLLAPSED,
    "broken quotes": BROKEN_QUOTES,
    "comma": COMMA_AT_THE_END,
}
