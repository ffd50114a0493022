/** How the page looks: a file of its own, because its policy allows no style inside the page. */
export const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: 0.35rem 0.5rem; border-bottom: 1px solid GrayText; overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: end; margin: 0.75rem 0; }
td form { margin: 0; }
label { display: grid; }
input, button { font: inherit; padding: 0.3rem 0.6rem; }
meter { width: 100%; height: 1.2rem; }
code { overflow-wrap: anywhere; }
.said { border-left: 0.3rem solid #2b6cb0; padding: 0.5rem 1rem; }
.refused { border-left: 0.3rem solid #c53030; padding: 0.5rem 1rem; }
`;
