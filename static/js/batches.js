// Pure: what a batch is to the page: its items with their jobs, how far it is, which pictures it has.

const ENDED = new Set(["done", "failed", "cancelled"]);
const JOBS_ASKED = 50; // the most that one `jobs` gives

/** Of two records of a batch the one that stays: an end is never taken back. */
export const newerBatch = (old, record) => (old?.ended_at && !record.ended_at ? old : record);

/** Whether anything of it can still be cancelled. */
export const batchRuns = (batch) => batch.state === "running" && batch.items.some(({ state }) => !ENDED.has(state));

/**
 * The items of a batch, each with its `job` (null where this page has none) and the state it is in by what was told last:
 * jobs are told at once, batches once a second; after a lost line the batch knows more.
 */
export function itemsOf(batch, jobs) {
  return batch.items.map((item) => {
    const job = jobs.get(item.job_id) ?? null;
    return { ...item, job, state: ENDED.has(item.state) ? item.state : (job?.state ?? item.state) };
  });
}

/** How many items ended in which way, and how much of the whole is over (0 to 1). */
export function progressOf(items) {
  const counted = { done: 0, failed: 0, cancelled: 0 };
  let over = 0;
  for (const { state, job } of items) {
    if (ENDED.has(state)) counted[state] += 1;
    over += ENDED.has(state) ? 1 : state === "running" ? (job?.progress ?? 0) : 0;
  }
  return { ...counted, total: items.length, progress: items.length ? over / items.length : 1 };
}

/** Jobs that ended without this page hearing how: ids to ask for, in lists of as many as one question may name. */
export function unheardJobs(batches, jobs) {
  const ids = batches.flatMap((batch) =>
    batch.items
      .filter(({ state }) => state === "done" || state === "failed")
      .map(({ job_id }) => job_id)
      .filter((id) => !ENDED.has(jobs.get(id)?.state)),
  );
  return Array.from({ length: Math.ceil(ids.length / JOBS_ASKED) }, (_, n) =>
    ids.slice(n * JOBS_ASKED, (n + 1) * JOBS_ASKED),
  );
}

/** The number behind an item's name: its round, its repeat, or both, where there is more than one. */
export function numberOf(item, items) {
  const alike = items.filter(({ folder, template }) => folder === item.folder && template === item.template);
  const several = (name) => alike.some((other) => other[name] > 1);
  return ["round", "repeat"].filter(several).map((name) => item[name]).join(".");
}

/** Every picture of a batch, its grids last, as the full-size view walks through them. */
export function picturesOfBatch({ batch, items, said }) {
  const { prompt, created_at } = batch;
  const grids = batch.grids.map((picture) => ({
    picture,
    job: { prompt, created_at, folder: picture.folder, template: picture.template },
    said: picture.label,
    isGrid: true,
  }));
  const done = items.filter(({ state, job }) => state === "done" && job);
  return [...done.flatMap(({ job }) => job.images.map((picture) => ({ picture, job, said }))), ...grids];
}

/** The person's words behind a batch: those of the reply it was made from, else its prompt. */
export function saidOf(batch, items, messages) {
  const replyId = items.find(({ job }) => job?.reply_id)?.job.reply_id;
  const reply = messages.find((one) =>
    replyId ? one.reply_id === replyId : one.role === "assistant" && one.prompt === batch.prompt,
  );
  const message = messages.find((one) => one.role === "user" && one.message_id === reply?.message_id);
  return message?.content ?? batch.prompt;
}
