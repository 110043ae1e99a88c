import { useState } from 'react';
import './copy-line.css';

/** A command to take along, with a button that copies it. */
export function CopyLine({ command, note }: { readonly command: string; readonly note: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div className="copy-line">
      <span className="note muted small">{note}</span>
      <code>{command}</code>
      <button
        type="button"
        className="quiet small"
        onClick={() => void copy()}
        aria-label={`Copy: ${command}`}
      >
        {copied ? 'copied' : 'copy'}
      </button>
    </div>
  );
}
