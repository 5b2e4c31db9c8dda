// The baseline in Node: `node server.mjs PORT UPSTREAM_URL`. What its authors' documents show, and nothing tuned.
import OpenAI from "openai";
import { Server } from "socket.io";

const [port, upstream] = process.argv.slice(2);
const openai = new OpenAI({ apiKey: "sk-benchmark", baseURL: `${upstream}/v1` });
const io = new Server({ cors: { origin: "*" } });

io.on("connection", (socket) => {
  socket.on("gpt_chat", async ({ messages, model, client_sid }, ack) => {
    const reply = await openai.chat.completions.create({ model, messages, temperature: 0, stream: true });
    const pieces = [];
    for await (const { choices } of reply) {
      const message = choices[0]?.delta?.content;
      if (!message) continue;
      pieces.push(message);
      socket.emit("message", { message, client_sid });
    }
    const end = { full_message: pieces.join(""), client_sid };
    socket.emit("gpt_chat", end);
    ack?.({ status: "connected", ...end });
  });
});

io.listen(Number(port));
