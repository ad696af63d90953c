//! Inviting somebody, and the invitations that are open.

use leptos::prelude::*;

use crate::components::{
    ActionRow, ButtonForm, Field, FormState, Hidden, PostForm, SubmitButton, action_rows,
};
use crate::erased::Erase as _;
use crate::wire::accounts::InvitationRow;

const COLUMNS: [&str; 4] = ["E-mail", "Role", "Made", "Ends"];

/// The form that invites, and each open invitation, which can be withdrawn.
#[component]
pub fn Invitations(invitations: Vec<InvitationRow>) -> impl IntoView {
    view! {
        <section class="card" id="invitations" aria-labelledby="invitations-title">
            <h2 id="invitations-title">"Invite somebody"</h2>
            <p>
                "No mail is sent: you get a link to pass on. Whoever opens it chooses a password and signs in with this address."
            </p>
            <InvitationForm />
            {(!invitations.is_empty())
                .then(|| action_rows(COLUMNS, invitations.into_iter().map(invitation_row)))}
        </section>
    }
    .erase()
}

#[component]
fn InvitationForm() -> impl IntoView {
    let form = FormState::new("/fn/invite");
    view! {
        <PostForm form=form fields=&["email"]>
            <Field form=form name="email" label="E-mail" kind="email" />
            <div class="field">
                <label for="invite-role">"Role"</label>
                <select id="invite-role" name="role">
                    <option value="member">"Member: sees their own bots"</option>
                    <option value="admin">"Admin: sees every bot and manages accounts"</option>
                </select>
            </div>
            <SubmitButton form=form label="Make an invitation" />
        </PostForm>
    }
    .erase()
}

fn invitation_row(invitation: InvitationRow) -> ActionRow<4> {
    let action = view! {
        <ButtonForm
            path="/fn/withdraw_invitation"
            label="Withdraw"
            class="button small danger"
            name=format!("Withdraw the invitation of {}", invitation.email)
        >
            <Hidden name="invitation_id" value=invitation.id.to_string() />
        </ButtonForm>
    };
    let role = if invitation.is_admin { "Admin" } else { "Member" };
    let cells = [invitation.email.erase(), role.erase(), invitation.created.erase(), invitation.ends.erase()];
    ActionRow { cells, action: action.erase() }
}
