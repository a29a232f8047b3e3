import * as glue from './generated/glue';
import { archive, wasmLength } from './generated/archive';

/** The exports of the core, which is written in Rust and makes all decisions. */
export type Core = Omit<typeof glue, 'imports' | 'join'>;

/** The error for a browser or a content security policy that does not allow WebAssembly. */
export class WasmForbidden extends Error {
  constructor(cause: unknown) {
    super(
      'This page may not run WebAssembly, so parking is off. ' +
        "If it has a content security policy, its script-src needs 'wasm-unsafe-eval'. " +
        `The browser says: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    this.name = 'WasmForbidden';
  }
}

let loading: Promise<Core> | undefined;

/** Loads the agents' core once. A failed attempt is forgotten, so that another one can succeed. */
export function load(): Promise<Core> {
  loading ??= loadOnce().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Returns the keys and the English texts, which `strings` reads. */
export async function texts(): Promise<string> {
  return new TextDecoder().decode((await unpack()).subarray(wasmLength));
}

const loadOnce = async () => instantiate(glue, (await unpack()).subarray(0, wasmLength));

/** Starts a core. */
export async function instantiate(core: typeof glue, bytes: BufferSource): Promise<Core> {
  const { instance } = await compile(bytes, core.imports);
  core.join(instance.exports);
  return core;
}

let unpacking: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** Unzips the Wasm and the texts, once. */
const unpack = () =>
  (unpacking ??= unzip(archive).catch((error) => {
    unpacking = undefined;
    throw error;
  }));

/** Unzips an archive, which every browser that Flex supports can do. */
export async function unzip(archived: string): Promise<Uint8Array<ArrayBuffer>> {
  const characters = atob(archived);
  const zipped = new Uint8Array(characters.length);
  // A loop: `Uint8Array.from`, with a function for each of some 40 000 characters, takes 8 ms instead of 2.
  for (let at = 0; at < characters.length; at += 1) zipped[at] = characters.charCodeAt(at);
  const stream = new DecompressionStream('gzip');
  const input = stream.writable.getWriter();
  // A failure shows where the stream is read.
  void input.write(zipped).catch(() => undefined);
  void input.close().catch(() => undefined);
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
}

/** Compiles the Wasm. The bytes are always valid, so that a compile error means that WebAssembly is not allowed. */
async function compile(
  bytes: BufferSource,
  imports: WebAssembly.Imports,
): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  if (typeof WebAssembly === 'undefined') throw new WasmForbidden('WebAssembly is not defined');
  try {
    return await WebAssembly.instantiate(bytes, imports);
  } catch (error) {
    throw error instanceof WebAssembly.CompileError ? new WasmForbidden(error) : error;
  }
}
