// Pure: which templates a batch shall paint and how often, as ticked by a person; how much that is, and the order it makes.

const keyOf = (folder, template) => `${folder}/${template}`;

/** Whether a batch can paint this template. */
export const canPaint = (template, hasImage) => !template.broken && (hasImage || !template.needs_image);

const usable = (folder, hasImage) => folder.templates.filter((template) => canPaint(template, hasImage));

/** What is ticked at first: one folder. `of` has numbers that differ, by folder or by folder and template. */
export function firstTicks(catalogue, folderName, hasImage) {
  const empty = { ticked: new Set(), rounds: 1, repeats: 1, of: {} };
  const folder = catalogue.find(({ name }) => name === folderName);
  return folder ? tickFolder(empty, folder, true, hasImage) : empty;
}

export function tick(ticks, folder, template, on) {
  const ticked = new Set(ticks.ticked);
  if (on) ticked.add(keyOf(folder, template));
  else ticked.delete(keyOf(folder, template));
  return { ...ticks, ticked };
}

export function tickFolder(ticks, folder, on, hasImage) {
  return usable(folder, hasImage).reduce((now, template) => tick(now, folder.name, template.name, on), ticks);
}

export const isTicked = (ticks, folder, template) => ticks.ticked.has(keyOf(folder, template));

/** Rounds of a folder or repeats of a template that differ from the rest; null takes that back. */
export function setTimes(ticks, folder, template, times) {
  const name = template ? keyOf(folder, template) : folder;
  const { [name]: _, ...others } = ticks.of;
  return { ...ticks, of: times ? { ...others, [name]: times } : others };
}

export const timesOf = (ticks, folder, template) => ticks.of[template ? keyOf(folder, template) : folder] ?? null;

/** How much of a folder is ticked: {ticked, usable}. */
export function shareOf(ticks, folder, hasImage) {
  const can = usable(folder, hasImage);
  return { ticked: can.filter(({ name }) => isTicked(ticks, folder.name, name)).length, usable: can.length };
}

/** What is ticked, folder by folder, with how often each: [{folder, rounds, templates: [{template, repeats}]}]. */
function parts(ticks, catalogue) {
  return catalogue
    .map((folder) => ({
      folder: folder.name,
      rounds: timesOf(ticks, folder.name) ?? ticks.rounds,
      templates: folder.templates
        .filter(({ name }) => isTicked(ticks, folder.name, name))
        .map((template) => ({ template, repeats: timesOf(ticks, folder.name, template.name) ?? ticks.repeats })),
    }))
    .filter(({ templates }) => templates.length);
}

/** How many jobs that is, and how many pictures; `overrides` may say how many each job paints. */
export function amountOf(ticks, catalogue, overrides = {}) {
  let jobs = 0;
  let pictures = 0;
  for (const { rounds, templates } of parts(ticks, catalogue))
    for (const { template, repeats } of templates) {
      jobs += rounds * repeats;
      pictures += rounds * repeats * (overrides.batch_size ?? template.count ?? 1);
    }
  return { jobs, pictures };
}

/** The most jobs of one batch here. */
export const mostJobs = (limits) => Math.min(limits?.batch ?? Infinity, limits?.queue ?? Infinity);

/** `folders` and `templates` of `generate_batch`. */
export function orderOf(ticks, catalogue) {
  const chosen = parts(ticks, catalogue);
  return {
    folders: chosen.map(({ folder, rounds }) => ({ folder, rounds })),
    templates: chosen.flatMap(({ folder, templates }) =>
      templates.map(({ template, repeats }) => ({ folder, template: template.name, repeats })),
    ),
  };
}

/** What is compared from a finished job on: its prompt; templates that start from a picture take this one. */
export function compareOf(job, picture = job.images[0]) {
  const { prompt, negative_prompt: negative, reply_id: replyId, folder } = job;
  return { prompt, negative, replyId, folder, imageId: picture?.id };
}
