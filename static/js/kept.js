// The jobs and batches this page knows, by id. Each takes in what the server says of one; what came later stays.

import { newerBatch } from "./batches.js";
import { applyImages, applyPlace, applyProgress, mergeJob } from "./jobs.js";

export class Jobs extends Map {
  put(job) {
    this.set(job.job_id, job);
    return job;
  }

  keep(record) {
    return this.put(mergeJob(this.get(record.job_id), record));
  }

  /** One entry of a `queue` event: the job as it then is, or null where nobody knows it. */
  place(place) {
    const job = this.get(place.job_id);
    return job ? this.put(applyPlace(job, place)) : null;
  }

  progress(event) {
    return this.put(applyProgress(this.get(event.job_id), event));
  }

  images(event) {
    const job = this.get(event.job_id);
    if (job) this.put(applyImages(job, event));
  }

  /** Another record of one of a job's pictures. */
  setPicture(jobId, picture) {
    const job = this.get(jobId);
    this.put({ ...job, images: job.images.map((other) => (other.id === picture.id ? picture : other)) });
  }
}

export class Batches extends Map {
  keep(record) {
    this.set(record.batch_id, newerBatch(this.get(record.batch_id), record));
  }
}
