/** The part of the npm package asterisk-manager 0.2.0 that we use; it has no types of its own. */
declare module "asterisk-manager" {
  /** A block of the protocol: names in small letters, repeated names as lists. */
  export type Block = Record<string, string | string[] | Record<string, string>>;
  type Done = (error: Block | Error | null | undefined, answer?: Block) => void;

  export interface Manager {
    connect(port: number, host: string, done: () => void): void;
    login(done: (error?: Block | Error | null) => void): void;
    action(action: Record<string, unknown>, done: Done): string;
    disconnect(): void;
    on(event: "managerevent", listener: (event: Block) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    on(event: "close", listener: () => void): void;
    removeAllListeners(event: string): void;
  }

  /** With port 0 it does not connect by itself. */
  export default function create(port: number, host: string, user: string, secret: string): Manager;
}
