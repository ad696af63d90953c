-- facts.kind has a fourth value, 3: a call of a language model that is not itself a message. Its details stand in
-- message_details, where model_failed is 1 for a call that ended in an error.
alter table message_details add column model_failed integer;
