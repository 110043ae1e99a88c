export function SignedOut() {
  return (
    <section className="stack">
      <h1>Sign in with a link</h1>
      <p>
        This browser has no session, or it ended. Links work once, so that none is worth stealing. A fresh one
        is printed by
      </p>
      <pre className="block">npm start</pre>
      <p className="muted">
        on the machine where Asterism runs. Open it in this browser. On a machine without a screen, the same
        command prints the SSH line that brings the address here.
      </p>
      <p>
        <button type="button" onClick={() => location.reload()}>
          Try again
        </button>
      </p>
    </section>
  );
}
