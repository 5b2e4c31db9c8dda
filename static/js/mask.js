// A mask drawn with a round brush: white on black, in the picture's own pixels, white being what is painted anew.

const WHITE = "#fff";
const BLACK = "#000";

export class Mask {
  #canvas;
  #strokes = [];
  #width;
  #height;

  /** `canvas` shows the strokes over the picture; its size in pixels becomes the picture's. */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  get empty() {
    return this.#strokes.length === 0;
  }

  start({ width, height }) {
    this.#width = this.#canvas.width = width;
    this.#height = this.#canvas.height = height;
    this.#strokes = [];
  }

  /** A new stroke from here, `radius` in the picture's pixels. */
  begin(point, radius) {
    this.#strokes.push({ radius, points: [point] });
    this.#draw(this.#shown, this.#strokes.at(-1));
  }

  go(point) {
    const stroke = this.#strokes.at(-1);
    stroke.points.push(point);
    this.#draw(this.#shown, { ...stroke, points: stroke.points.slice(-2) });
  }

  undo() {
    this.#strokes.pop();
    this.#again();
  }

  clear() {
    this.#strokes = [];
    this.#again();
  }

  /** Where a pointer is, in the picture's pixels. */
  at({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((clientX - box.left) / box.width) * this.#width,
      y: ((clientY - box.top) / box.height) * this.#height,
    };
  }

  /** The mask as the bytes of a PNG. */
  async png() {
    const canvas = Object.assign(document.createElement("canvas"), { width: this.#width, height: this.#height });
    const context = canvas.getContext("2d");
    context.fillStyle = BLACK;
    context.fillRect(0, 0, this.#width, this.#height);
    context.strokeStyle = context.fillStyle = WHITE;
    for (const stroke of this.#strokes) this.#draw(context, stroke);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    return blob.arrayBuffer();
  }

  // ---- Internal ----

  get #shown() {
    const context = this.#canvas.getContext("2d");
    context.strokeStyle = context.fillStyle = getComputedStyle(this.#canvas).color;
    return context;
  }

  #again() {
    const context = this.#shown;
    context.clearRect(0, 0, this.#width, this.#height);
    for (const stroke of this.#strokes) this.#draw(context, stroke);
  }

  #draw(context, { radius, points }) {
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = radius * 2;
    context.beginPath();
    context.moveTo(points[0].x, points[0].y);
    for (const { x, y } of points) context.lineTo(x, y);
    context.stroke();
    if (points.length > 1) return;
    context.beginPath(); // a line without length shows nothing
    context.arc(points[0].x, points[0].y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}
