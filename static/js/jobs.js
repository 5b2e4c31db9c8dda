// Pure: how job records, progress, places in line and pictures from the server change the jobs this page has.

const ENDED = new Set(["done", "failed", "cancelled"]);

export const hasEnded = (job) => ENDED.has(job.state);

/** Whether a painter failed this job and it is still to be painted, by another one or once more. */
export const wasHandedOn = (job) => !hasEnded(job) && (job.failed_on?.length ?? 0) > 0;

/** Take a job record unless a newer one is already here. Progress never falls within an attempt. */
export function mergeJob(old, record) {
  if (!old) return record;
  if (record.seq < old.seq) return old;
  const sameAttempt = record.attempt === old.attempt;
  const images = record.images?.length ? record.images : old.images;
  return {
    ...record,
    images,
    progress: sameAttempt ? Math.max(old.progress ?? 0, record.progress ?? 0) : record.progress,
  };
}

/** Apply a `progress` event. One that arrives after the end, or is behind, changes nothing. */
export function applyProgress(job, event) {
  if (hasEnded(job) || event.progress < (job.progress ?? 0)) return job;
  const { progress, step, steps, eta_s } = event;
  return { ...job, state: "running", progress, step, steps, eta_s };
}

/** Apply one entry of a `queue` event. */
export function applyPlace(job, { position, eta_s }) {
  return job.state === "queued" ? { ...job, position, eta_s } : job;
}

/** Apply an `images` event: the pictures are there, the `job` event with `done` follows. */
export function applyImages(job, event) {
  return { ...job, images: event.images.map(({ data, ...picture }) => picture) };
}

/** The job this page shows between the ack of its `generate` and the server's first record of it. */
export function askedJob(ask, created_at) {
  return {
    state: "queued",
    seq: 0,
    attempt: 0,
    images: [],
    grid: null,
    error: null,
    substituted: [],
    count: 1,
    negative_prompt: "",
    overrides: {},
    image_id: null,
    eta_s: null,
    progress: 0,
    step: null,
    steps: null,
    position: null,
    ...ask,
    created_at,
    ended_at: null,
  };
}
