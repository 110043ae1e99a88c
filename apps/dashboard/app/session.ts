/** Whether the API has refused this browser's cookie; one word that the shell listens to. */
let signedOut = false;
const listeners = new Set<() => void>();

export const session = {
  end(): void {
    signedOut = true;
    listeners.forEach((tell) => tell());
  },
  isSignedOut: (): boolean => signedOut,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
