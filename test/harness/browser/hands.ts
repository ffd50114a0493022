/** What somebody does on a page, by the names that they read there. */
import type { Page } from 'playwright-core';

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

/** Goes to a page by the navigation. */
export const follow = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();

/** Waits until a page with that title is there. */
export const arrive = (page: Page, title: string): Promise<void> =>
  page.getByRole('heading', { name: title, exact: true, level: 1 }).waitFor();

/** Presses the deed's button in its dialog. */
export const confirm = (page: Page, title: string, action: string): Promise<void> =>
  page.getByRole('dialog', { name: title }).getByRole('button', { name: action, exact: true }).click();

/** Signs in by an admin token, on the sign-in page. */
export async function signInByToken(page: Page, token: string): Promise<void> {
  await page.getByRole('tab', { name: 'Admin token' }).click();
  await page.getByRole('textbox', { name: 'Admin token' }).fill(token);
  await press(page, 'Sign in');
}

/** Signs in by email and password, on the sign-in page. */
export async function signInByPassword(page: Page, email: string, password: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Email' }).fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await press(page, 'Sign in');
}
