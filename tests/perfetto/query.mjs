// Lets Perfetto's own trace processor open a trace and answer SQL: `node query.mjs ENGINE TRACE` reads a JSON list of
// queries on standard input and writes a JSON list of answers, each a list of rows. ENGINE is a folder of Perfetto's web
// interface with engine_bundle.js, the web worker around the processor, and the processor itself as WebAssembly.
//
// The worker is given what a browser would give it. It speaks TraceProcessorRpc (protos/perfetto/trace_processor/
// trace_processor.proto); the few fields that are needed are written and read here.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { text } from "node:stream/consumers";

const [engine, trace] = process.argv.slice(2);
const APPEND = 1, FINALIZE = 2, QUERY = 3; // methods
const NULL = 1, VARINT = 2, FLOAT64 = 3, STRING = 4; // kinds of cells

function varint(number) {
  const bytes = [];
  for (; number > 127; number = Math.floor(number / 128)) bytes.push((number % 128) | 128);
  return Buffer.from([...bytes, number]);
}

const bytesField = (field, bytes) => Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
const numberField = (field, number) => Buffer.concat([varint(field * 8), varint(number)]);

class Reader {
  at = 0;
  constructor(bytes) { this.bytes = bytes; }
  get more() { return this.at < this.bytes.length; }
  take(length) { return this.bytes.subarray(this.at, (this.at += length)); }
  number() {
    for (let number = 0n, shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.at++];
      number |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, number));
    }
  }
}

// [field, value] of a message: numbers, and bytes that are not looked into.
function* fields(bytes) {
  for (const reader = new Reader(bytes); reader.more; ) {
    const key = reader.number();
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) yield [field, reader.number()];
    else yield [field, reader.take(wire === 2 ? reader.number() : wire === 1 ? 8 : 4)];
  }
}

function packed(bytes) {
  const numbers = [];
  for (const reader = new Reader(bytes); reader.more; ) numbers.push(reader.number());
  return numbers;
}

function* cells(batch) {
  const of = (field) => batch.filter(([key]) => key === field).map(([, value]) => value);
  const numbers = of(2).flatMap(packed);
  const floats = of(3).flatMap((bytes) => Array.from({ length: bytes.length / 8 }, (_, at) => bytes.readDoubleLE(at * 8)));
  const strings = of(5).flatMap((bytes) => bytes.toString().split("\0"));
  for (const kind of of(1).flatMap(packed)) {
    if (kind === NULL) yield null;
    else if (kind === VARINT) yield numbers.shift();
    else if (kind === FLOAT64) yield floats.shift();
    else if (kind === STRING) yield strings.shift();
    else throw new Error(`a cell of kind ${kind}`);
  }
}

const answers = [];
let answer = null;

function take(result) {
  answer ??= { columns: [], values: [] };
  for (const [field, value] of fields(result)) {
    if (field === 1) answer.columns.push(value.toString());
    if (field === 2 && value.length) throw new Error(value.toString());
    if (field === 3) {
      const batch = [...fields(value)];
      answer.values.push(...cells(batch));
      if (batch.some(([key, last]) => key === 6 && last)) {
        const { columns, values } = answer;
        answers.push(Array.from({ length: values.length / columns.length }, () => values.splice(0, columns.length)));
        answer = null;
      }
    }
  }
}

function start() {
  const file = (url) => readFileSync(join(engine, basename(String(url))));
  const self = { location: { href: "http://localhost/engine_bundle.js" } };
  const browser = {
    self,
    location: self.location,
    WorkerGlobalScope: function () {},
    fetch: async (url) => new Response(file(url), { headers: { "content-type": "application/wasm" } }),
    XMLHttpRequest: class {
      open(_method, url) { this.url = url; }
      send() { this.response = new Uint8Array(file(this.url)).buffer; }
    },
    process: undefined,
    console: { ...console, log() {}, warn() {}, error() {} },
  };
  new Function(...Object.keys(browser), readFileSync(join(engine, "engine_bundle.js"), "utf8"))(...Object.values(browser));
  return self;
}

const queries = JSON.parse(await text(process.stdin));
let place = 0;
const request = (method, ...rest) =>
  bytesField(1, Buffer.concat([numberField(1, place++), numberField(2, method), ...rest]));
const asked = [
  request(APPEND, bytesField(101, readFileSync(trace))),
  request(FINALIZE),
  ...queries.map((query) => request(QUERY, bytesField(103, bytesField(1, Buffer.from(query))))),
];
let listen;
const listening = new Promise((resolve) => (listen = resolve));
const port = {
  set onmessage(receive) {
    listen(receive);
  },
  postMessage(bytes) {
    for (const [, message] of fields(Buffer.from(bytes))) {
      for (const [field, value] of fields(message)) {
        if (field === 5) throw new Error(value.toString());
        if (field === 203) take(value);
      }
    }
  },
};
start().onmessage({ data: port });
const receive = await listening;
for (const bytes of asked) receive({ data: new Uint8Array(bytes) });
process.stdout.write(JSON.stringify(answers));
