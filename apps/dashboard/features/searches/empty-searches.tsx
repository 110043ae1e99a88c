import { Link } from 'react-router';

export function EmptySearches() {
  return (
    <section className="empty">
      <h2>No search yet</h2>
      <p>
        A search takes a device, a budget and objectives, and comes back with a front of architectures you can
        load. The quickstart needs two cores and well under an hour:
      </p>
      <pre className="block">
        npx asterism init my-search.json{'\n'}npx asterism submit my-search.json --dry-run{'\n'}npx asterism
        submit my-search.json
      </pre>
      <p>
        Or <Link to="/new">write one here</Link>. <code>npm start</code> submits the quickstart by itself when
        there is none.
      </p>
    </section>
  );
}
