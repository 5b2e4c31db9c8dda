// A client of its own language: the article's form with the article's own field names, then words and a picture in a
// session. Prints one JSON line for each thing that happens.
// Usage: node client.mjs ADDRESS default|websocket|polling [ACCESS]

import { io } from "socket.io-client";

const [address, transport, access] = process.argv.slice(2);
const tell = (kind, data) => console.log(JSON.stringify({ kind, ...data }));
const seconds = (number) => new Promise((done) => setTimeout(done, number * 1000));
const how = transport === "default" ? {} : { transports: [transport], upgrade: false };
const socket = io(address, { ...how, reconnection: false, auth: { access } });

const heard = (event, fits) =>
  new Promise((done) => {
    const look = (data) => {
      if (!fits(data)) return;
      socket.off(event, look);
      done(data);
    };
    socket.on(event, look);
  });

async function article() {
  const client_sid = "panel-1";
  const pieces = [];
  const collect = (data) => pieces.push(data);
  socket.on("message", collect);
  const ended = heard("gpt_chat", (data) => data.client_sid === client_sid);
  const messages = [
    { role: "system", content: "You write prompts for pictures of animals." },
    { role: "user", content: "一只在花园里的橙色小猫" },
  ];
  const ack = await socket.timeout(30000).emitWithAck("gpt_chat", { key: "", messages, model: "gpt-4", client_sid });
  const { full_message } = await ended;
  socket.off("message", collect);
  tell("article", { ack, full_message, pieces });
}

async function session() {
  const text = "two pandas eating bamboo";
  const options = { folder: "landscape", template: "gouache", paint: true, message_id: crypto.randomUUID() };
  const frames = [];
  socket.on("message", (data) => frames.push(data));
  const first = heard("gpt_chat", () => true);
  const ack = await socket.timeout(30000).emitWithAck("gpt_chat", { text, ...options });
  const done = await first;
  tell("session_form", { ack, done, frames });
  const ids = [done.job_id];
  const order = { prompt: "a red hat", folder: "landscape", template: "gouache", overrides: { width: 128, height: 128 } };
  ids.push((await socket.timeout(30000).emitWithAck("generate", order)).job_id);
  for (const job_id of ids) {
    const job = jobs.get(job_id) ?? (await heard("job", (data) => data.job_id === job_id && data.state === "done"));
    const images = pictures.get(job_id).map(({ data, ...rest }) => ({ ...rest, binary: Buffer.isBuffer(data), start: data.toString("latin1", 0, 12) }));
    tell("painted", { job, images });
  }
}

const jobs = new Map();
const pictures = new Map();
socket.on("job", (job) => job.state === "done" && jobs.set(job.job_id, job));
socket.on("images", (event) => pictures.set(event.job_id, event.images));
socket.on("connect_error", (error) => tell("refused", { message: error.message, data: error.data }));
const welcome = heard("session", () => true);
setTimeout(() => process.exit(2), 60000).unref();
const snapshot = await welcome;
tell("welcome", { transport: socket.io.engine.transport.name, demo: snapshot.server.demo, token: snapshot.token });
await article();
await session();
tell("mistake", { ack: await socket.timeout(30000).emitWithAck("generate", { prompt: 7 }) });
tell("goodbye", { transport: socket.io.engine.transport.name });
socket.disconnect();
await seconds(0);
