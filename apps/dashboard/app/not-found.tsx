import { Link } from 'react-router';

export function NotFound() {
  return (
    <section className="stack">
      <h1>Nothing is here</h1>
      <p>
        This address belongs to no page. <Link to="/">All searches</Link>
      </p>
    </section>
  );
}
