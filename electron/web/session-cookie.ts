/**
 * The cookie a browser keeps its session's secret in. Cookies of a host are the same for all its ports, so the
 * port is part of the name. It lives as long as the browser does; how long the session lives, the host says.
 */
export class SessionCookie {
  readonly #name: string;

  constructor(port: number) {
    this.#name = `spandrel-${port}`;
  }

  /** The header that sets it. @param secure the browser came by https */
  set(secret: string, secure: boolean): string {
    return `${this.#name}=${secret}; ${attributes(secure)}`;
  }

  /** The header that removes it. */
  clear(secure: boolean): string {
    return `${this.#name}=; Max-Age=0; ${attributes(secure)}`;
  }

  /** The values in a Cookie header: others may have planted one of the same name in front of ours. */
  read(header: string | undefined): string[] {
    const start = `${this.#name}=`;
    return (header ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(start))
      .map((pair) => pair.slice(start.length));
  }
}

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
